import { hostname } from 'node:os';
import { ownAddresses } from '../runtime/addresses.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { NodeId } from '../wire/ids.ts';
import { LEASE_RENEWAL_MS, LEASE_TTL_MS, type Lease } from '../wire/lease.ts';
import { leaseSubject, ROLL_CALL } from '../wire/subjects.ts';
import { WIRE_VERSION } from '../wire/version.ts';
import type { Load } from './load.ts';

export type Leasing = {
  readonly edge: NodeId;
  readonly publicUrl: string | null;
  readonly port: number;
  readonly region: string;
  readonly capacity: number;
};

/**
 * Renews this edge's lease once a second, and whenever a coordinator calls the roll. The addresses are read anew
 * each time, since they may change. The returned function says goodbye: a last lease, draining.
 */
export function startLeasing(leasing: Leasing, bus: Bus, load: Load, clock: Clock): () => Promise<void> {
  const renew = (draining: boolean) => {
    load.tick();
    const lease: Lease = {
      version: WIRE_VERSION,
      ...leasing,
      addresses: ownAddresses(),
      machine: hostname(),
      ...load.measure(),
      draining,
      ttlMs: LEASE_TTL_MS,
    };
    bus.connection.publish(leaseSubject(leasing.edge), JSON.stringify(lease));
  };
  const stop = clock.every(LEASE_RENEWAL_MS, () => renew(false));
  const rollCall = bus.connection.subscribe(ROLL_CALL, { callback: () => renew(false) });
  renew(false);
  return async () => {
    stop();
    rollCall.unsubscribe();
    renew(true);
    await bus.connection.flush();
  };
}
