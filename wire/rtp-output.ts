import { z } from 'zod';

/** Where a channel is sent over RTP, as one of its outputs says. */
export type RtpOutput = {
  /** An address of IPv4 or IPv6, of a host or a group. */
  readonly address: string;
  /** Of the first track; its RTCP goes to the next port, and the second track two further. */
  readonly port: number;
  /** Routers that a packet to a group may pass, and one. */
  readonly ttl: number;
  /**
   * The interface that packets to a group leave by: of IPv4 an address of it, of IPv6 its name. Null leaves that to the
   * routes.
   */
  readonly interface: string | null;
  /** `rtp`: each track by itself. `ts`: all of them as MPEG-TS, to one port. */
  readonly container: 'rtp' | 'ts';
  /** A track's id or `none`; null for the one that is usual. */
  readonly video: string | null;
  readonly audio: string | null;
};

export type ReadRtpOutput =
  | { readonly kind: 'output'; readonly output: RtpOutput }
  /** One line for who wrote it. */
  | { readonly kind: 'refused'; readonly reason: string };

export const RTP_FORM = 'rtp://<address>:<port>';

const KEYS: readonly string[] = ['ttl', 'interface', 'container', 'video', 'audio'];

/** Two tracks and their RTCP need four ports. */
const PORT_MAX = 65_532;

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

const isIpv4 = (text: string) => z.ipv4().safeParse(text).success;
const isIpv6 = (text: string) => z.ipv6().safeParse(text).success;

/** 224.0.0.0/4 (RFC 5771) and ff00::/8 (RFC 4291 §2.7). */
export const isGroup = (address: string): boolean =>
  /^(22[4-9]|23\d)\./.test(address) || /^ff[\da-f]{2}:/i.test(address);

/** Nobody's, or everybody's. */
const NOT_HOSTS: readonly string[] = ['0.0.0.0', '255.255.255.255', '::'];

/** Reads `rtp://239.0.0.1:5004?ttl=4` or `rtp://[ff15::1]:5004?container=ts`. */
export function parse(text: string): ReadRtpOutput {
  const [, host = '', port = '', query = ''] = /^rtp:\/\/([^/?#]+):(\d{1,5})\/?(?:\?(.*))?$/.exec(text) ?? [];
  if (host === '') return refused(`'${text}' is not ${RTP_FORM}`);
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const isAddress = host === address ? isIpv4(address) : isIpv6(address);
  if (!isAddress) return refused(`'${host}' is no address: write IPv4, or IPv6 in [brackets]`);
  if (NOT_HOSTS.includes(address)) return refused(`nobody in particular is at ${address}`);
  const wrong = wrongPort(Number(port));
  return wrong === null ? withQuery(address, Number(port), new URLSearchParams(query)) : refused(wrong);
}

/** RFC 3550 §11: an even port for RTP, the next for RTCP. */
function wrongPort(port: number): string | null {
  if (port === 0 || port > PORT_MAX) return `the port is 2 to ${PORT_MAX}, not ${port}`;
  return port % 2 === 0 ? null : `the port must be even, since RTCP has the next one: ${port} is not`;
}

function withQuery(address: string, port: number, query: URLSearchParams): ReadRtpOutput {
  const unknown = [...query.keys()].find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return refused(`there is no '${unknown}': there is ${KEYS.join(', ')}`);
  const ttl = Number(query.get('ttl') ?? 1);
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > 255) return refused('ttl is 1 to 255');
  const container = query.get('container') ?? 'rtp';
  if (container !== 'rtp' && container !== 'ts') return refused('container is rtp or ts');
  const leaves = query.get('interface');
  if (leaves !== null && !isInterface(leaves, address)) return refused(interfaceForm(address));
  const [video, audio] = [query.get('video'), query.get('audio')];
  return { kind: 'output', output: { address, port, ttl, interface: leaves, container, video, audio } };
}

const isInterface = (text: string, address: string) =>
  address.includes(':') ? /^[\w.-]{1,15}$/.test(text) : isIpv4(text);

const interfaceForm = (address: string) =>
  address.includes(':')
    ? 'interface is the name of one, such as eth0'
    : 'interface is an address of one, such as 192.0.2.1';
