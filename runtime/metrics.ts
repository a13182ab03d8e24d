import { Counter, Gauge, Registry } from 'prom-client';

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

  /** The same for each value of a label, of which there are few. */
  addBy(name: string, help: string, label: string, read: () => ReadonlyMap<string | number, number>): void {
    const registers = [this.#registry];
    const labelNames = [label];
    if (name.endsWith('_total')) {
      const collect = function (this: Counter) {
        this.reset();
        for (const [value, figure] of read()) this.inc({ [label]: String(value) }, figure);
      };
      new Counter({ name, help, labelNames, registers, collect });
    } else {
      const collect = function (this: Gauge) {
        this.reset();
        for (const [value, figure] of read()) this.set({ [label]: String(value) }, figure);
      };
      new Gauge({ name, help, labelNames, registers, collect });
    }
  }

  async respond(): Promise<Response> {
    const text = await this.#registry.metrics();
    return new Response(text, { headers: { 'Content-Type': this.#registry.contentType } });
  }
}
