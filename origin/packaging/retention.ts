import type { Segment, Timeline } from '../../media/timeline.ts';
import { Epoch, type PresentationId, type TrackId } from '../../wire/ids.ts';
import type { Station } from '../station.ts';
import { keyOf } from './storage.ts';

type Kept = Pick<Station, 'storage' | 'clock' | 'log'>;

type Leaving = { readonly key: string; readonly atMs: number };

/**
 * Removes what left a live window, late enough for every player that still holds a playlist with it: "for the
 * duration of the segment plus the duration of the longest playlist" (draft-pantos-hls-rfc8216bis §6.2.2).
 */
export class Retention {
  readonly #presentation: PresentationId;
  readonly #holdMs: number;
  readonly #station: Kept;
  #leaving: Leaving[] = [];

  /** `holdMs` is what a player may still ask for: the longest playlist and a segment. */
  constructor(presentation: PresentationId, holdMs: number, station: Kept) {
    this.#presentation = presentation;
    this.#holdMs = holdMs;
    this.#station = station;
  }

  /** Takes segments that left the window; removes those whose time has come. */
  gone(track: TrackId, segments: readonly Segment[]): void {
    for (const { epoch, number } of segments) this.#leave(this.#segmentKey(track, epoch, number));
    this.#removeDue();
  }

  /** Takes what an earlier run of the origin left of a track: whatever its timeline does not hold. */
  async sweep(track: TrackId, { segments }: Pick<Timeline, 'segments'>): Promise<void> {
    const { storage } = this.#station;
    const first = segments[0]?.number ?? 0;
    const held = new Set(segments.map(({ epoch }) => epoch));
    const folder = `${this.#presentation}/${track}`;
    for (const epoch of await storage.list(folder)) {
      if (!held.has(epoch)) this.#leave(`${folder}/${epoch}`);
      else await this.#sweepEpoch(track, epoch, first);
    }
  }

  async #sweepEpoch(track: TrackId, epoch: string, first: number): Promise<void> {
    for (const file of await this.#station.storage.list(`${this.#presentation}/${track}/${epoch}`)) {
      const number = /^(\d+)\.m4s$/.exec(file)?.[1];
      if (number !== undefined && Number(number) < first) {
        this.#leave(this.#segmentKey(track, epoch, Number(number)));
      }
    }
  }

  #segmentKey(track: TrackId, epoch: string, number: number): string {
    const presentation = this.#presentation;
    return keyOf({ kind: 'segment', presentation, track, epoch: Epoch.parse(epoch), number });
  }

  #leave(key: string): void {
    this.#leaving.push({ key, atMs: this.#station.clock.now() + this.#holdMs });
  }

  #removeDue(): void {
    const { clock, storage, log } = this.#station;
    const now = clock.now();
    const due = this.#leaving.filter(({ atMs }) => atMs <= now);
    this.#leaving = this.#leaving.filter(({ atMs }) => atMs > now);
    for (const { key } of due) {
      storage.remove(key).catch((error) => log.warn({ key, err: error }, 'removing old media failed'));
    }
  }
}
