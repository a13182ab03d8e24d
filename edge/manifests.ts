import { createHash } from 'node:crypto';
import { type Directives, NOTHING_ASKED } from '../media/hls/directives.ts';
import { renderIFramePlaylist } from '../media/hls/i-frame-playlist.ts';
import { type Report, renderMediaPlaylist } from '../media/hls/media-playlist.ts';
import { Pages } from '../media/hls/pages.ts';
import { renderTransportPlaylist } from '../media/hls/transport-playlist.ts';
import type { TrackId } from '../wire/ids.ts';
import { renderMultivariant, type TimedTrack } from '../wire/multivariant.ts';
import type { Presentation } from '../wire/presentation.ts';
import { mpdRevision, renderMpd } from './mpd.ts';
import type { Replica } from './replica.ts';
import { type Stored, storeText } from './stored.ts';
import { transportSegments } from './transport.ts';

const HLS_TYPE = 'application/vnd.apple.mpegurl';

/** ISO/IEC 23009-1 Annex C. */
const DASH_TYPE = 'application/dash+xml';

/** A live playlist is out of date within a segment, so it may be kept for half of one. */
const LIVE_MAX_AGE_SECONDS = 1;

/** Low-latency DASH players look for a new segment up to four times a second (media/dash/low-latency.ts). */
const LOW_LATENCY_MPD_MAX_AGE_SECONDS = 0;

/** A film may be packaged anew under its id. */
const VOD_MAX_AGE_SECONDS = 60;

/**
 * An answer to a blocking request never changes its meaning, and may be kept long ("at least six Target Durations",
 * draft-pantos-hls-rfc8216bis §6.2.5.2).
 */
const BLOCKED_MAX_AGE_TARGETS = 6;

function maxAge({ kind, targetDurationMs }: Presentation, asked = NOTHING_ASKED): number {
  if (asked.block !== null) return (BLOCKED_MAX_AGE_TARGETS * targetDurationMs) / 1000;
  return kind === 'live' ? LIVE_MAX_AGE_SECONDS : VOD_MAX_AGE_SECONDS;
}

const mpdMaxAge = (presentation: Presentation) =>
  presentation.kind === 'live' && presentation.chunkDurationMs !== null
    ? LOW_LATENCY_MPD_MAX_AGE_SECONDS
    : maxAge(presentation);

type Memo = { readonly revision: string; readonly stored: Stored | null };

/** Renders manifests, and keeps each until its timeline changes. */
export class Manifests {
  readonly #memos = new WeakMap<Replica, Map<string, Memo>>();
  readonly #pages = { segments: new Pages(), iFrames: new Pages(), transport: new Pages() };

  /** Null while a track has no segment: there is nothing to play yet. */
  multivariant(presentation: Presentation, replica: Replica): Stored | null {
    const tracks = timedTracks(presentation, replica);
    if (tracks === null) return null;
    return this.#memo(replica, 'index.m3u8', listingOf(tracks), maxAge(presentation), () =>
      renderMultivariant(tracks, presentation.targetDurationMs),
    );
  }

  /** Null too while a film is being packaged: DASH has no form for what grows without being live. */
  mpd(presentation: Presentation, replica: Replica): Stored | null {
    const tracks = timedTracks(presentation, replica);
    if (tracks === null) return null;
    if (presentation.kind === 'vod' && !tracks.every(({ timeline }) => timeline.ended)) return null;
    const revision = mpdRevision(presentation, tracks);
    return this.#memo(replica, 'manifest.mpd', revision, mpdMaxAge(presentation), () =>
      renderMpd(presentation, tracks),
    );
  }

  /** Null for a track that is not there, or has no segment yet. */
  playlist(
    presentation: Presentation,
    replica: Replica,
    track: TrackId,
    asked: Directives = NOTHING_ASKED,
  ): Stored | null {
    const timeline = replica.timelines.get(track);
    if (!timeline?.newest) return null;
    const { targetDurationMs, chunkDurationMs, kind } = presentation;
    const reports = timeline.ended ? [] : reportsFor(presentation, replica, track);
    const others = reports.map(({ number, index }) => `${number}.${index}`);
    const revision = [timeline.revision, ...others].join(' ');
    const name = `${track} ${asked.skip} ${asked.block !== null}`;
    return this.#memo(replica, name, revision, maxAge(presentation, asked), () =>
      renderMediaPlaylist(
        timeline,
        { targetDurationMs, chunkDurationMs, kind, skip: asked.skip, reports },
        this.#pages.segments,
      ),
    );
  }

  /** Null for a track that is not there, has no segment yet, or not a key frame in each. */
  iFrames(presentation: Presentation, replica: Replica, track: TrackId, asked: Directives): Stored | null {
    const timeline = replica.timelines.get(track);
    if (!timeline?.last) return null;
    const name = `${track} i-frames ${asked.skip} ${asked.block !== null}`;
    return this.#memo(replica, name, String(timeline.listing), maxAge(presentation, asked), () =>
      renderIFramePlaylist(timeline, { ...presentation, skip: asked.skip }, this.#pages.iFrames),
    );
  }

  transportMultivariant(presentation: Presentation, replica: Replica): Stored | null {
    const tracks = timedTracks(presentation, replica);
    if (tracks === null) return null;
    return this.#memo(replica, 'ts', listingOf(tracks), maxAge(presentation), () =>
      renderMultivariant(tracks, presentation.targetDurationMs, 'ts', ({ track, timeline }) =>
        transportSegments(track, timeline),
      ),
    );
  }

  transportPlaylist(presentation: Presentation, replica: Replica, track: TrackId): Stored | null {
    const timeline = replica.timelines.get(track);
    if (!timeline?.last) return null;
    return this.#memo(replica, `${track} ts`, String(timeline.listing), maxAge(presentation), () =>
      renderTransportPlaylist(timeline, presentation, this.#pages.transport),
    );
  }

  #memo(
    replica: Replica,
    name: string,
    revision: string,
    maxAgeSeconds: number,
    render: () => string | null,
  ): Stored | null {
    let memos = this.#memos.get(replica);
    if (memos === undefined) {
      memos = new Map();
      this.#memos.set(replica, memos);
    }
    const known = memos.get(name);
    if (known?.revision === revision) return known.stored;
    const text = render();
    const stored = text === null ? null : storeManifest(name, text, maxAgeSeconds);
    memos.set(name, { revision, stored });
    return stored;
  }
}

/** Every track with its timeline; null while one has no segment. */
function timedTracks({ tracks }: Presentation, { timelines }: Replica): readonly TimedTrack[] | null {
  const timed = tracks.flatMap((track) => {
    const timeline = timelines.get(track.id);
    return timeline?.last ? [{ track, timeline }] : [];
  });
  return timed.length === 0 || timed.length < tracks.length ? null : timed;
}

/** What names all tracks shows none of their chunks. */
const listingOf = (tracks: readonly TimedTrack[]) => tracks.map(({ timeline }) => timeline.listing).join(' ');

function storeManifest(name: string, text: string, maxAgeSeconds: number): Stored {
  const type = name.endsWith('.mpd') ? DASH_TYPE : HLS_TYPE;
  return storeText(text, fingerprint(text), type, `public, max-age=${maxAgeSeconds}`);
}

/** How far every other track is (draft-pantos-hls-rfc8216bis §4.4.5.4). */
function reportsFor(
  { tracks, chunkDurationMs }: Presentation,
  { timelines }: Replica,
  own: TrackId,
): Report[] {
  if (chunkDurationMs === null) return [];
  return tracks.flatMap(({ id }) => {
    const newest = timelines.get(id)?.newest;
    return id === own || !newest ? [] : [{ uri: `../${id}/index.m3u8`, ...newest }];
  });
}

/** Half of SHA-256: equal on every edge and every runtime, and quicker for megabytes than what is written here. */
const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
