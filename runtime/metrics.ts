import { Counter, Gauge, Registry } from 'prom-client';

/** A figure of one of several things. */
export type Labelled = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** A node's figures in Prometheus' text format. Hot paths count in plain numbers; this reads them when asked. */
export class Metrics {
  readonly #registry = new Registry();

  constructor() {
    this.add('headwater_process_resident_bytes', 'Memory held by the process', () =>
      process.memoryUsage.rss(),
    );
    this.add('headwater_process_uptime_seconds', 'Time since the process started', () => process.uptime());
  }

  /** A figure read anew at each scrape: a counter when its name ends in `_total`, else a gauge. */
  add(name: string, help: string, read: () => number): void {
    const registers = [this.#registry];
    if (name.endsWith('_total')) {
      const collect = function (this: Counter) {
        this.reset();
        this.inc(read());
      };
      new Counter({ name, help, registers, collect });
    } else {
      const collect = function (this: Gauge) {
        this.set(read());
      };
      new Gauge({ name, help, registers, collect });
    }
  }

  /** The same for each of several things, told apart by labels. */
  addEach(name: string, help: string, labelNames: readonly string[], read: () => Iterable<Labelled>): void {
    const options = { name, help, labelNames: [...labelNames], registers: [this.#registry] };
    if (name.endsWith('_total')) {
      const collect = function (this: Counter) {
        this.reset();
        for (const { labels, value } of read()) this.inc(labels, value);
      };
      new Counter({ ...options, collect });
    } else {
      const collect = function (this: Gauge) {
        this.reset();
        for (const { labels, value } of read()) this.set(labels, value);
      };
      new Gauge({ ...options, collect });
    }
  }

  async respond(): Promise<Response> {
    const text = await this.#registry.metrics();
    return new Response(text, { headers: { 'Content-Type': this.#registry.contentType } });
  }
}
