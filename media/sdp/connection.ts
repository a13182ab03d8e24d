/** Where media go: the value of a `c=` line (RFC 8866 §5.7). */
export type Connection = {
  /** An IP address, or a name. */
  readonly address: string;
  /** Routers that a packet to an IPv4 group may pass, 0 to 255; null for others. */
  readonly ttl: number | null;
};

const CONNECTION = /^IN IP[46] ([\w.:-]{1,255})(?:\/(\d{1,3}))?(?:\/\d{1,5})?$/;

/** Null for what can't be read. What follows several groups in a row is left out. */
export function parse(value: string): Connection | null {
  const [, address, ttl] = CONNECTION.exec(value) ?? [];
  if (address === undefined) return null;
  const hops = ttl === undefined || !isGroup4(address) ? null : Number(ttl);
  return hops !== null && hops > 255 ? null : { address, ttl: hops };
}

/** `IN IP4 239.0.0.1/16`, `IN IP6 ff15::1`. "IPv6 multicast does not use TTL scoping". */
export function print({ address, ttl }: Connection): string {
  const family = address.includes(':') ? 'IP6' : 'IP4';
  return `IN ${family} ${address}${ttl === null ? '' : `/${ttl}`}`;
}

/** 224.0.0.0 to 239.255.255.255. */
const isGroup4 = (address: string) => /^(22[4-9]|23\d)\.\d+\.\d+\.\d+$/.test(address);
