import { networkInterfaces } from 'node:os';

/** More than a machine has; what is said of them stays bounded. */
const ADDRESSES_MAX = 32;

/** This machine's addresses that others may reach, as they are now: no loopback, no IPv6 link-local. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .slice(0, ADDRESSES_MAX);
