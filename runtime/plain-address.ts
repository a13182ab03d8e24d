/** IPv4 as it is written, also where a socket of IPv6 took it (RFC 4291 §2.5.5.2). */
export const plainAddress = (address: string): string =>
  address.startsWith(MAPPED) && address.includes('.') ? address.slice(MAPPED.length) : address;

/** The same address for a socket of IPv6. */
export const mappedAddress = (address: string): string =>
  address.includes(':') ? address : `${MAPPED}${address}`;

const MAPPED = '::ffff:';
