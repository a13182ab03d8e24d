/** A pair of ports or channels: RTP, then RTCP. */
export type Pair = readonly [rtp: number, rtcp: number];

/** What the transport is for. */
export type Mode = 'play' | 'record';

/** A way to carry one track, of those that a client offers or the one that was agreed on (RFC 2326 §12.39). */
export type Transport =
  | { readonly kind: 'interleaved'; readonly channels: Pair | null; readonly mode: Mode }
  | {
      readonly kind: 'unicast';
      readonly clientPorts: Pair;
      readonly serverPorts: Pair | null;
      readonly mode: Mode;
    }
  | { readonly kind: 'multicast'; readonly mode: Mode };

/** Alternatives in a header that are looked at. */
const ALTERNATIVES_MAX = 16;

/** The alternatives of a `Transport` header that we know, the best liked first. */
export const parse = (header: string): readonly Transport[] =>
  header
    .split(',', ALTERNATIVES_MAX)
    .map(parseOne)
    .filter((transport) => transport !== null);

function parseOne(text: string): Transport | null {
  const [name = '', ...fields] = text.split(';').map((part) => part.trim());
  const profile = name.toUpperCase();
  const parameters = new Map(fields.map(readParameter));
  const mode = readMode(parameters.get('mode'));
  if (mode === null) return null;
  if (profile === 'RTP/AVP/TCP') return readInterleaved(parameters.get('interleaved'), mode);
  if (profile !== 'RTP/AVP' && profile !== 'RTP/AVP/UDP') return null;
  if (!parameters.has('unicast')) return { kind: 'multicast', mode };
  const clientPorts = readPair(parameters.get('client_port') ?? '', 65_535);
  const serverPorts = readPair(parameters.get('server_port') ?? '', 65_535);
  return clientPorts && { kind: 'unicast', clientPorts, serverPorts, mode };
}

function readInterleaved(channels: string | undefined, mode: Mode): Transport | null {
  if (channels === undefined) return { kind: 'interleaved', channels: null, mode };
  const pair = readPair(channels, 255);
  return pair && { kind: 'interleaved', channels: pair, mode };
}

function readParameter(field: string): [string, string] {
  const at = field.indexOf('=');
  if (at < 0) return [field.toLowerCase(), ''];
  return [field.slice(0, at).toLowerCase(), field.slice(at + 1)];
}

/** "The default is PLAY"; some quote it, some do not, and some write `receive` for `record` (RFC 2326 §12.39). */
function readMode(value = 'play'): Mode | null {
  const mode = value.replaceAll('"', '').toLowerCase();
  if (mode === 'record' || mode === 'receive') return 'record';
  return mode === 'play' ? 'play' : null;
}

/** `4588-4589`, or the first alone. */
function readPair(text: string, max: number): Pair | null {
  const [, first, second] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return null;
  const pair: Pair = [Number(first), second === undefined ? Number(first) + 1 : Number(second)];
  return pair.every((value) => value <= max) ? pair : null;
}

/** The header of one transport. */
export function print(transport: Transport): string {
  const mode = `mode=${transport.mode}`;
  switch (transport.kind) {
    case 'interleaved': {
      const { channels } = transport;
      const said = channels === null ? [] : [`interleaved=${channels.join('-')}`];
      return ['RTP/AVP/TCP', 'unicast', ...said, mode].join(';');
    }
    case 'unicast': {
      const { clientPorts, serverPorts } = transport;
      const server = serverPorts === null ? [] : [`server_port=${serverPorts.join('-')}`];
      return ['RTP/AVP', 'unicast', `client_port=${clientPorts.join('-')}`, ...server, mode].join(';');
    }
    case 'multicast':
      return ['RTP/AVP', 'multicast', mode].join(';');
  }
}
