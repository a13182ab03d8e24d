import { BlockList, isIP } from 'node:net';

/**
 * What a stranger's URL must not lead to: this host and its links (the special-purpose registries of RFC 6890), by
 * which clouds also tell secrets. Private networks are not among them: that is where cameras are.
 */
const IPV4 = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const;

/** IPv4 addresses in the form of IPv6 are refused whole, so that none is reached by another name. */
const IPV6 = [
  ['::', 127],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['fe80::', 10],
] as const;

const [ipv4, ipv6] = [new BlockList(), new BlockList()];
for (const [network, prefix] of IPV4) ipv4.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of IPV6) ipv6.addSubnet(network, prefix, 'ipv6');

/** Whether an IP address leads away from this host; false for what is no address. */
export function leadsAway(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !ipv4.check(address, 'ipv4');
    case 6:
      return !ipv6.check(address, 'ipv6');
    default:
      return false;
  }
}
