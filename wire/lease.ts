import { z } from 'zod';
import { NodeId } from './ids.ts';
import { WIRE_VERSION } from './version.ts';

/** How often an edge renews its lease. */
export const LEASE_RENEWAL_MS = 1_000;

/** How long a lease lasts: two renewals may be lost before an edge counts as gone. */
export const LEASE_TTL_MS = 3 * LEASE_RENEWAL_MS;

/** What an edge says of itself once a second. */
export const Lease = z.object({
  /** A node of another version is not understood, and so not listed. */
  version: z.literal(WIRE_VERSION),
  edge: NodeId,
  /** Where viewers reach it, if its operator said so; else `addresses` and `port` are tried. */
  publicUrl: z.url().nullable(),
  /** Its own global and private addresses, IPv4 and IPv6, as they are now. */
  addresses: z.array(z.string()).max(32),
  port: z.int().min(1).max(65_535),
  /** Which machine it runs on: nodes on one machine share it. */
  machine: z.string(),
  region: z.string(),
  /** How many viewers it takes. */
  capacity: z.int().positive(),
  /** Viewers now: seconds of media sent a second, of each presentation's leading kind. */
  viewers: z.number().nonnegative(),
  egressBitsPerSecond: z.number().nonnegative(),
  /** Takes no new viewers. */
  draining: z.boolean(),
  ttlMs: z.int().positive(),
});
export type Lease = Readonly<z.infer<typeof Lease>>;
