import { type BitRate, measure } from '../media/bitrate.ts';
import { type Directives, NOTHING_ASKED } from '../media/hls/directives.ts';
import { keyFrameBitRate, renderIFramePlaylist } from '../media/hls/i-frame-playlist.ts';
import { type Report, renderMediaPlaylist } from '../media/hls/media-playlist.ts';
import { type Container, renderMultivariantPlaylist } from '../media/hls/multivariant-playlist.ts';
import { renderTransportPlaylist } from '../media/hls/transport-playlist.ts';
import type { Timeline } from '../media/timeline.ts';
import type { TrackId } from '../wire/ids.ts';
import type { Presentation, Track } from '../wire/presentation.ts';
import { renderMpd } from './mpd.ts';
import type { Replica } from './replica.ts';
import { type Stored, store } from './stored.ts';
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

  /** Null while a track has no segment: there is nothing to play yet. */
  multivariant(presentation: Presentation, replica: Replica): Stored | null {
    const tracks = timedTracks(presentation, replica);
    if (tracks === null) return null;
    return this.#memo(replica, 'index.m3u8', revisionOf(tracks), maxAge(presentation), () =>
      renderMultivariant(presentation, tracks, 'cmaf'),
    );
  }

  /** Null too while a film is being packaged: DASH has no form for what grows without being live. */
  mpd(presentation: Presentation, replica: Replica): Stored | null {
    const tracks = timedTracks(presentation, replica);
    if (tracks === null) return null;
    if (presentation.kind === 'vod' && !tracks.every(({ timeline }) => timeline.ended)) return null;
    return this.#memo(replica, 'manifest.mpd', revisionOf(tracks), mpdMaxAge(presentation), () =>
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
      renderMediaPlaylist(timeline, { targetDurationMs, chunkDurationMs, kind, skip: asked.skip, reports }),
    );
  }

  /** Null for a track that is not there, has no segment yet, or not a key frame in each. */
  iFrames(presentation: Presentation, replica: Replica, track: TrackId, asked: Directives): Stored | null {
    const timeline = replica.timelines.get(track);
    if (!timeline?.last) return null;
    const name = `${track} i-frames ${asked.skip} ${asked.block !== null}`;
    return this.#memo(replica, name, String(timeline.revision), maxAge(presentation, asked), () =>
      renderIFramePlaylist(timeline, { ...presentation, skip: asked.skip }),
    );
  }

  transportMultivariant(presentation: Presentation, replica: Replica): Stored | null {
    const tracks = timedTracks(presentation, replica);
    if (tracks === null) return null;
    return this.#memo(replica, 'ts', revisionOf(tracks), maxAge(presentation), () =>
      renderMultivariant(presentation, tracks, 'ts'),
    );
  }

  transportPlaylist(presentation: Presentation, replica: Replica, track: TrackId): Stored | null {
    const timeline = replica.timelines.get(track);
    if (!timeline?.last) return null;
    return this.#memo(replica, `${track} ts`, String(timeline.revision), maxAge(presentation), () =>
      renderTransportPlaylist(timeline, presentation),
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
    const stored = text === null ? null : storeText(name, text, maxAgeSeconds);
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

type TimedTrack = { readonly track: Track; readonly timeline: Timeline };

const revisionOf = (tracks: readonly TimedTrack[]) =>
  tracks.map(({ timeline }) => timeline.revision).join(' ');

function storeText(name: string, text: string, maxAgeSeconds: number): Stored {
  const bytes = new TextEncoder().encode(text);
  const type = name.endsWith('.mpd') ? DASH_TYPE : HLS_TYPE;
  return store(bytes, `"${fingerprint(bytes)}"`, type, `public, max-age=${maxAgeSeconds}`);
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

function renderMultivariant(
  { targetDurationMs }: Presentation,
  tracks: readonly TimedTrack[],
  container: Container,
): string {
  const bitRate = ({ track, timeline }: TimedTrack): BitRate => {
    const segments = container === 'ts' ? transportSegments(track, timeline) : timeline.segments;
    return measure(segments, timeline.timescale, targetDurationMs / 1000);
  };
  const videos = tracks.flatMap((timed) => {
    const { id, media } = timed.track;
    if (media.kind !== 'video') return [];
    const { codec, width, height, frameRate } = media;
    const { segments, timescale } = timed.timeline;
    return [
      {
        ...{ id, codec, width, height, frameRate: frameRate.num / frameRate.den },
        bitRate: bitRate(timed),
        keyFrameBitRate: keyFrameBitRate(segments, timescale),
      },
    ];
  });
  const audios = tracks.flatMap((timed) => {
    const { id, media } = timed.track;
    if (media.kind !== 'audio') return [];
    const { codec, channels, language } = media;
    return [{ id, codec, channels, language, bitRate: bitRate(timed) }];
  });
  return renderMultivariantPlaylist(videos, audios, container);
}

/** FNV-1a (RFC 9923) of 32 bits and the length: equal on every edge and every runtime. */
function fingerprint(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x0100_0193);
  return `${(hash >>> 0).toString(16)}-${bytes.byteLength.toString(16)}`;
}
