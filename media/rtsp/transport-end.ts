import type { Version } from './message.ts';

/** A pair of ports or channels: RTP, then RTCP. */
export type Pair = readonly [rtp: number, rtcp: number];

/** Where packets go or come from. */
export type End = {
  /** An IP address or a name, without brackets; null for that of the connection. */
  readonly host: string | null;
  readonly ports: Pair | null;
};

/** The parameters that say an end: host and ports apart in RTSP 1.0, and together in 2.0. */
export type Names = { readonly host: string; readonly ports: string; readonly both: string };

const PORT_MAX = 65_535;

/** An address of RTSP 2.0: `host:port`, `[host]:port` or `:port` (RFC 7826 §18.54). */
const ADDRESS = /^(?:\[([\da-f:.]{2,64})\]|([\w.-]{0,255})):(\d{1,5})$/i;

/** Reads an end, as either version says it, from parameters without their quotes. */
export function parse(parameters: ReadonlyMap<string, string>, names: Names): End {
  const both = parameters.get(names.both);
  if (both !== undefined) return parseBoth(both);
  const host = parameters.get(names.host) ?? '';
  const isHost = /^[\w.:-]{1,255}$/.test(host);
  return { host: isHost ? host : null, ports: parsePair(parameters.get(names.ports) ?? '', PORT_MAX) };
}

/** Two addresses; of one alone, RTCP is at the next port. */
function parseBoth(text: string): End {
  const [first, second] = text.split('/').map((address) => ADDRESS.exec(address));
  if (!first) return { host: null, ports: null };
  const [, bracketed, plain, port] = first;
  const ports = parsePair([port, ...(second ? [second[3]] : [])].join('-'), PORT_MAX);
  return { host: bracketed ?? (plain || null), ports };
}

/** `4588-4589`, or the first alone. */
export function parsePair(text: string, max: number): Pair | null {
  const [, first, second] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return null;
  const pair: Pair = [Number(first), second === undefined ? Number(first) + 1 : Number(second)];
  return pair.every((value) => value <= max) ? pair : null;
}

/** The parameters of an end, none where it is not said. */
export function print({ host, ports }: End, names: Names, version: Version): readonly string[] {
  if (version === '2.0' && ports !== null)
    return [`${names.both}=${ports.map((port) => `"${bracketed(host ?? '')}:${port}"`).join('/')}`];
  return [
    ...(host === null ? [] : [`${names.host}=${host}`]),
    ...(ports === null ? [] : [`${names.ports}=${ports.join('-')}`]),
  ];
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
