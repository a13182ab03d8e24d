/** A candidate of this machine (RFC 8839 §5.1): all up to its address, then its address and port. */
const CANDIDATE = /^(a=candidate:)(\S+)( \d+ udp \d+ )(\S+)( \d+ typ host.*)$/i;

/** Adds the public addresses of a machine behind NAT to an answer. */
export function withPublicAddresses(sdp: string, addresses: readonly string[]): string {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  return [...lines.flatMap((line) => [...published(line, addresses), line]), ''].join('\r\n');
}

/** The line once for each public address of the same family; the router maps the port. */
function published(line: string, addresses: readonly string[]): string[] {
  const [, start = '', foundation, middle, address = '', end] = CANDIDATE.exec(line) ?? [];
  if (start === '' || isLoopback(address)) return [];
  const fitting = addresses.filter((other) => other !== address && isIpv6(other) === isIpv6(address));
  return fitting.map((other, index) => `${start}${foundation}${index}${middle}${other}${end}`);
}

const isIpv6 = (address: string) => address.includes(':');
const isLoopback = (address: string) => address === '::1' || address.startsWith('127.');
