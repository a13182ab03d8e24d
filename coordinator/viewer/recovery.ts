/** What went wrong with a playback that hls.js can't go on with. */
export type Trouble =
  /** `status` is the HTTP status; null when there was no answer. */
  | { readonly kind: 'network'; readonly status: number | null }
  | { readonly kind: 'media' }
  | { readonly kind: 'other' };

/** What to do about it. */
export type Step =
  /** Load on from where it stopped. */
  | { readonly kind: 'resume'; readonly afterMs: number }
  /** Start anew through the coordinator, which knows the edges that live. */
  | { readonly kind: 'reload'; readonly afterMs: number }
  /** Give the decoder a fresh start. */
  | { readonly kind: 'mend' }
  | { readonly kind: 'stop' };

const FIRST_PAUSE_MS = 500;

/** A viewer who waits for an edge to come back is not kept longer than this. */
const LONGEST_PAUSE_MS = 15_000;

/** What the decoder refuses this often in a row, it refuses. */
const MEDIA_ATTEMPTS = 3;

/**
 * Decides how to go on after `failures` earlier failures in a row. `loaded` says that a playlist has been read.
 * `random` is in [0, 1): viewers of one lost edge come back spread out.
 */
export function nextStep(trouble: Trouble, failures: number, loaded: boolean, random: number): Step {
  const afterMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.75 + random / 2);
  switch (trouble.kind) {
    case 'network':
      return failures === 0 && loaded ? { kind: 'resume', afterMs } : { kind: 'reload', afterMs };
    case 'media':
      if (failures >= MEDIA_ATTEMPTS) return { kind: 'stop' };
      return failures === 0 ? { kind: 'mend' } : { kind: 'reload', afterMs };
    case 'other':
      return failures >= MEDIA_ATTEMPTS ? { kind: 'stop' } : { kind: 'reload', afterMs };
  }
}

/** What a viewer is told. */
export function explain(trouble: Trouble, step: Step): string {
  if (step.kind === 'stop') return 'This browser can’t play this stream.';
  if (trouble.kind !== 'network') return 'The picture broke off. Starting again…';
  switch (trouble.status) {
    case 403:
      return 'You are not allowed to watch this.';
    case 404:
    case 410:
      return 'The server does not have this stream any more. Trying again…';
    case 503:
      return 'All servers are busy. Trying again…';
    default:
      return 'The connection to the stream was lost. Trying again…';
  }
}
