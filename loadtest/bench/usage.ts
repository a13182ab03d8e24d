import { Failure } from '../../runtime/failure.ts';
import { cpuSeconds } from './cpu.ts';
import type { Server } from './server.ts';

/** What a cluster has used since it was started. */
export type Usage = {
  readonly atMs: number;
  /** Bytes that the origin has handed to NATS. */
  readonly natsBytes: number;
  /** Media that the origin has sent over HTTP, and how often it was asked. */
  readonly httpBytes: number;
  readonly httpRequests: number;
  /** CPU seconds. */
  readonly originCpu: number;
  readonly natsCpu: number;
  readonly edgesCpu: number;
};

export type Running = {
  readonly nats: Server;
  readonly origin: Server;
  readonly edges: readonly Server[];
};

export async function usageOf({ nats, origin, edges }: Running): Promise<Usage> {
  const figures = await (await fetch(`${origin.url}/metrics`)).text();
  const cpus = await Promise.all(edges.map(({ pid }) => cpuSeconds(pid)));
  return {
    atMs: performance.now(),
    natsBytes: await bytesInto(nats, 'origin'),
    httpBytes: figureOf(figures, 'headwater_origin_media_bytes_total'),
    httpRequests: figureOf(figures, 'headwater_origin_media_requests_total'),
    originCpu: await cpuSeconds(origin.pid),
    natsCpu: await cpuSeconds(nats.pid),
    edgesCpu: cpus.reduce((sum, cpu) => sum + cpu, 0),
  };
}

/** A figure without labels in Prometheus' text format; NaN where there is none. */
export function figureOf(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? Number.NaN);
}

/** What a client has sent to a NATS server, as its monitor tells. */
async function bytesInto({ url }: Server, client: string): Promise<number> {
  const { connections } = (await (await fetch(`${url}/connz`)).json()) as {
    connections: readonly { readonly name?: string; readonly in_bytes: number }[];
  };
  const found = connections.find(({ name }) => name === client);
  if (found !== undefined) return found.in_bytes;
  throw new Failure('child-failed', `NATS has no client '${client}'`, 'See what the origin says');
}
