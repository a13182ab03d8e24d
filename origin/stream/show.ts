import { renderIFramePlaylist } from '../../media/hls/i-frame-playlist.ts';
import { renderMediaPlaylist } from '../../media/hls/media-playlist.ts';
import type { Milliseconds } from '../../media/time.ts';
import { Timeline } from '../../media/timeline.ts';
import type { TrackId } from '../../wire/ids.ts';
import { renderMultivariant, type TimedTrack } from '../../wire/multivariant.ts';
import type { MediaPath } from '../../wire/paths.ts';
import type { Announcing } from '../packaging/announcer.ts';
import type { EncodedTrack } from '../packaging/encoded-track.ts';
import { trackOf } from '../packaging/tracks.ts';
import type { Source } from '../transcode/probe.ts';

export type ShowOptions = {
  readonly kind: 'live' | 'vod';
  /** How far back a live one reaches. */
  readonly windowMs: Milliseconds;
};

/** One film on its own timelines, which nobody else is told of. */
export class Show {
  readonly #options: ShowOptions;
  #tracks: readonly TimedTrack[] = [];
  /** Promised to players; null until that can be. */
  targetDurationMs: Milliseconds | null = null;

  constructor(options: ShowOptions) {
    this.#options = options;
  }

  /** Begins anew with these tracks. */
  open(tracks: readonly EncodedTrack[], source: Source): readonly Announcing[] {
    this.#tracks = tracks.map((track) => ({
      track: trackOf(track, source),
      timeline: new Timeline(track.timescale, this.#options.windowMs),
    }));
    return this.#tracks.map(({ timeline }) => ({
      timeline,
      grow: (...chunk) => timeline.grow(...chunk),
      append: (...segment) => timeline.append(...segment),
    }));
  }

  /** Nothing follows. */
  end(): void {
    for (const { timeline } of this.#tracks) timeline.end();
  }

  /** The longest segment, rounded up to whole seconds. */
  get longestMs(): Milliseconds {
    const lengths = this.#tracks.flatMap(({ timeline: { segments, timescale } }) =>
      segments.map(({ duration }) => Math.round(duration / timescale) * 1000),
    );
    return Math.max(1_000, ...lengths);
  }

  /** A playlist; null for one that there is not (yet). */
  playlist(path: Extract<MediaPath, { kind: 'multivariant' | 'playlist' | 'i-frames' }>): string | null {
    const { targetDurationMs } = this;
    if (targetDurationMs === null || !this.#isPlayable) return null;
    if (path.kind === 'multivariant') return renderMultivariant(this.#tracks, targetDurationMs);
    const timeline = this.#timelineOf(path.track);
    if (timeline === null) return null;
    const options = { targetDurationMs, chunkDurationMs: null, kind: this.#options.kind, skip: false };
    return path.kind === 'playlist'
      ? renderMediaPlaylist(timeline, { ...options, reports: [] })
      : renderIFramePlaylist(timeline, options);
  }

  get #isPlayable(): boolean {
    return this.#tracks.length > 0 && this.#tracks.every(({ timeline }) => timeline.last !== null);
  }

  #timelineOf(id: TrackId): Timeline | null {
    return this.#tracks.find(({ track }) => track.id === id)?.timeline ?? null;
  }
}
