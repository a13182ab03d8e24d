import type { Segment } from '../../media/timeline.ts';
import { Epoch, type PresentationId, type TrackId } from '../../wire/ids.ts';
import type { Station } from '../station.ts';
import { keyOf } from './storage.ts';

type Leaving = { readonly key: string; readonly atMs: number };

/**
 * Removes what left a live window, late enough for every player that still holds a playlist with it: "for the
 * duration of the segment plus the duration of the longest playlist" (draft-pantos-hls-rfc8216bis §6.2.2).
 */
export class Retention {
  readonly #presentation: PresentationId;
  readonly #holdMs: number;
  readonly #station: Station;
  #leaving: Leaving[] = [];

  constructor(presentation: PresentationId, windowMs: number, station: Station) {
    this.#presentation = presentation;
    this.#holdMs = windowMs;
    this.#station = station;
  }

  /** Takes segments that left the window; removes those whose time has come. */
  gone(track: TrackId, segments: readonly Segment[]): void {
    const { clock, storage, log } = this.#station;
    const now = clock.now();
    for (const { epoch, number } of segments) {
      const path = {
        kind: 'segment',
        presentation: this.#presentation,
        track,
        epoch: Epoch.parse(epoch),
        number,
      } as const;
      this.#leaving.push({ key: keyOf(path), atMs: now + this.#holdMs });
    }
    const due = this.#leaving.filter(({ atMs }) => atMs <= now);
    this.#leaving = this.#leaving.filter(({ atMs }) => atMs > now);
    for (const { key } of due) {
      storage.remove(key).catch((error) => log.warn({ key, err: error }, 'removing an old segment failed'));
    }
  }
}
