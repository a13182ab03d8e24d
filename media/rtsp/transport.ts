import type { Version } from './message.ts';
import * as End from './transport-end.ts';
import { type Pair, parsePair } from './transport-end.ts';

export type { Pair } from './transport-end.ts';

/** What the transport is for. */
export type Mode = 'play' | 'record';

/** Who is at the ends, where that is said: null for who is at the ends of the connection. */
type Hosts = { readonly destination: string | null; readonly source: string | null };

/** What any way of carrying a track has. `ssrc` names the source of its packets; who sends them says it, or null. */
type Carried = { readonly ssrc: number | null; readonly mode: Mode };

/**
 * A way to carry one track, of those that a client offers or the one that was agreed on (RFC 2326 §12.39, RFC 7826
 * §18.54). Ports of a group that nobody says are the server's to choose, as are the routers that packets may pass.
 */
export type Transport =
  | (Carried & { readonly kind: 'interleaved'; readonly channels: Pair | null })
  | (Carried &
      Hosts & { readonly kind: 'unicast'; readonly clientPorts: Pair; readonly serverPorts: Pair | null })
  | (Carried &
      Hosts & { readonly kind: 'multicast'; readonly ports: Pair | null; readonly ttl: number | null });

/** Alternatives in a header that are looked at. */
const ALTERNATIVES_MAX = 16;

const CLIENT: End.Names = { host: 'destination', ports: 'client_port', both: 'dest_addr' };
const SERVER: End.Names = { host: 'source', ports: 'server_port', both: 'src_addr' };
const GROUP: End.Names = { host: 'destination', ports: 'port', both: 'dest_addr' };

type Parameters = ReadonlyMap<string, string>;

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
  const carried = { ssrc: readNumber(parameters.get('ssrc'), /^[\da-f]{1,8}$/i, 16), mode };
  if (profile === 'RTP/AVP/TCP') return readInterleaved(parameters, carried);
  if (profile !== 'RTP/AVP' && profile !== 'RTP/AVP/UDP') return null;
  return parameters.has('unicast') ? readUnicast(parameters, carried) : readMulticast(parameters, carried);
}

function readInterleaved(parameters: Parameters, carried: Carried): Transport | null {
  const channels = parameters.get('interleaved');
  if (channels === undefined) return { kind: 'interleaved', channels: null, ...carried };
  const pair = parsePair(channels, 255);
  return pair && { kind: 'interleaved', channels: pair, ...carried };
}

function readUnicast(parameters: Parameters, carried: Carried): Transport | null {
  const client = End.parse(parameters, CLIENT);
  const server = End.parse(parameters, SERVER);
  if (client.ports === null) return null;
  const hosts = { destination: client.host, source: server.host };
  return { kind: 'unicast', ...hosts, clientPorts: client.ports, serverPorts: server.ports, ...carried };
}

/** "Default value is multicast" (RFC 2326 §12.39). */
function readMulticast(parameters: Parameters, carried: Carried): Transport {
  const { host, ports } = End.parse(parameters, GROUP);
  const ttl = readNumber(parameters.get('ttl'), /^\d{1,3}$/, 10);
  const source = End.parse(parameters, SERVER).host;
  return {
    kind: 'multicast',
    destination: host,
    source,
    ports,
    ttl: ttl === null || ttl > 255 ? null : ttl,
    ...carried,
  };
}

function readParameter(field: string): [string, string] {
  const at = field.indexOf('=');
  if (at < 0) return [field.toLowerCase(), ''];
  return [
    field.slice(0, at).trim().toLowerCase(),
    field
      .slice(at + 1)
      .trim()
      .replaceAll('"', ''),
  ];
}

/** "The default is PLAY"; some quote it, some do not, and some write `receive` for `record` (RFC 2326 §12.39). */
function readMode(value = 'play'): Mode | null {
  const mode = value.toLowerCase();
  if (mode === 'record' || mode === 'receive') return 'record';
  return mode === 'play' ? 'play' : null;
}

const readNumber = (text: string | undefined, digits: RegExp, base: 10 | 16): number | null =>
  text !== undefined && digits.test(text) ? Number.parseInt(text, base) : null;

/** The header of one transport, as the version has it. */
export function print(transport: Transport, version: Version = '1.0'): string {
  const { ssrc, mode } = transport;
  const said = [
    ...printWay(transport, version),
    ...(ssrc === null ? [] : [`ssrc=${ssrc.toString(16).toUpperCase().padStart(8, '0')}`]),
    version === '1.0' ? `mode=${mode}` : `mode="${mode.toUpperCase()}"`,
  ];
  return said.join(';');
}

function printWay(transport: Transport, version: Version): readonly string[] {
  switch (transport.kind) {
    case 'interleaved': {
      const { channels } = transport;
      return ['RTP/AVP/TCP', 'unicast', ...(channels === null ? [] : [`interleaved=${channels.join('-')}`])];
    }
    case 'unicast': {
      const { destination, source, clientPorts, serverPorts } = transport;
      return [
        ...['RTP/AVP', 'unicast'],
        ...End.print({ host: destination, ports: clientPorts }, CLIENT, version),
        ...End.print({ host: source, ports: serverPorts }, SERVER, version),
      ];
    }
    case 'multicast': {
      const { destination, source, ports, ttl } = transport;
      return [
        ...['RTP/AVP', 'multicast'],
        ...End.print({ host: destination, ports }, GROUP, version),
        ...End.print({ host: source, ports: null }, SERVER, version),
        ...(ttl === null ? [] : [`ttl=${ttl}`]),
      ];
    }
  }
}
