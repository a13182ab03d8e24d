import type { Milliseconds } from '../../../media/time.ts';
import type { Revocations } from '../../../wire/revocations.ts';
import type { Claims } from '../../../wire/token.ts';
import { explain } from '../../../wire/token-check.ts';
import type { Ends } from './gate.ts';

/** Longest wait that a timer knows. */
const TIMER_MAX_MS: Milliseconds = 2 ** 31 - 1;

/** A session that a token let in ends when the token does. */
export const endingWith =
  ({ id, presentation, expiresAtMs }: Claims, revocations: Revocations, now: () => Milliseconds): Ends =>
  (end) => {
    const leave = () => {
      clearTimeout(timer);
      stop();
    };
    const over = (refusal: 'expired' | 'revoked') => {
      leave();
      end(explain(refusal, presentation));
    };
    const wait = (): ReturnType<typeof setTimeout> => {
      const leftMs = expiresAtMs - now();
      return setTimeout(
        () => {
          if (now() >= expiresAtMs) over('expired');
          else timer = wait();
        },
        Math.min(Math.max(leftMs, 0), TIMER_MAX_MS),
      );
    };
    let timer = wait();
    const stop = revocations.onRevoked((revoked) => {
      if (revoked === id) over('revoked');
    });
    return leave;
  };
