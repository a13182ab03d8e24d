import { type Bus, openBucket, watchBucket } from '../../../runtime/bus.ts';
import type { Lifecycle } from '../../../runtime/lifecycle.ts';
import { Revocations } from '../../../wire/revocations.ts';
import { REVOCATIONS_BUCKET } from '../../../wire/subjects.ts';
import { TOKEN_LIFETIME_MAX_MS } from '../../../wire/token.ts';
import type { Gate } from './gate.ts';
import { type Gating, tokenGate } from './token.ts';

/** The gate of an origin; resolves when all that is revoked has been heard. */
export async function openGate(
  bus: Bus,
  lifecycle: Lifecycle,
  gating: Omit<Gating, 'revocations'>,
): Promise<Gate> {
  const revocations = new Revocations();
  const bucket = await openBucket(bus, REVOCATIONS_BUCKET, TOKEN_LIFETIME_MAX_MS);
  const watch = await watchBucket(bucket, (id, value) => revocations.hear(id, value, gating.clock.now()));
  lifecycle.defer('revocations', watch.close);
  await watch.caughtUp;
  return tokenGate({ ...gating, revocations });
}
