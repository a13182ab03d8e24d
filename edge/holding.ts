import type { TrackId } from '../wire/ids.ts';
import type { Presentation } from '../wire/presentation.ts';
import type { Found } from './found.ts';
import type { Held, Waiting } from './waiting.ts';

/** A blocked request is answered after this at the latest, in target durations (draft-pantos-hls-rfc8216bis §6.2.5.2). */
const BLOCK_TARGETS = 3;

/** Holds a request until it finds something: it looks each time the track has grown. */
export function hold(
  waiting: Waiting<Found>,
  { id, targetDurationMs }: Presentation,
  track: TrackId,
  held: Pick<Held<Found>, 'what' | 'batch' | 'look'>,
): Found | Promise<Found> {
  const late: Found = { kind: 'too-early', problem: `'${id}' has not come so far` };
  const timeoutMs = BLOCK_TARGETS * targetDurationMs;
  const found = waiting.wait({ key: `${id}/${track}`, timeoutMs, ...held });
  if (found instanceof Promise) return found.then((later) => later ?? late);
  return found ?? late;
}
