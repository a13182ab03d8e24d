import { Epoch, PresentationId, TrackId } from './ids.ts';

/** A resource of a presentation, as named by a URL path at an edge or the origin. */
export type MediaPath =
  | { readonly kind: 'multivariant'; readonly presentation: PresentationId }
  | { readonly kind: 'mpd'; readonly presentation: PresentationId }
  | { readonly kind: 'poster'; readonly presentation: PresentationId }
  | SdpPath
  | { readonly kind: 'playlist'; readonly presentation: PresentationId; readonly track: TrackId }
  | { readonly kind: 'i-frames'; readonly presentation: PresentationId; readonly track: TrackId }
  | { readonly kind: 'ts-multivariant'; readonly presentation: PresentationId }
  | { readonly kind: 'ts-playlist'; readonly presentation: PresentationId; readonly track: TrackId }
  | ({ readonly kind: 'init' } & TrackEpoch)
  | SegmentPath
  | ChunkPath
  | TsPath;

/** The description of what is sent over RTP to one of the addresses of a channel; `index` counts these from 0. */
export type SdpPath = {
  readonly kind: 'sdp';
  readonly presentation: PresentationId;
  readonly index: number;
};

export type SegmentPath = { readonly kind: 'segment'; readonly number: number } & TrackEpoch;

/** A chunk of a segment; `index` counts from 0. */
export type ChunkPath = {
  readonly kind: 'chunk';
  readonly number: number;
  readonly index: number;
} & TrackEpoch;

/** A segment in MPEG-TS, which edges make of the one in CMAF: the origin has none. */
export type TsPath = { readonly kind: 'ts'; readonly number: number } & TrackEpoch;

export type TrackEpoch = {
  readonly presentation: PresentationId;
  readonly track: TrackId;
  readonly epoch: Epoch;
};

/** What the origin stores is immutable: the same path is the same bytes, for ever and on every node. */
export type ImmutablePath = Extract<MediaPath, { kind: 'init' | 'segment' | 'chunk' }>;

const isImmutableKind: Readonly<Record<MediaPath['kind'], boolean>> = {
  multivariant: false,
  mpd: false,
  poster: false,
  sdp: false,
  playlist: false,
  'i-frames': false,
  init: true,
  segment: true,
  chunk: true,
  'ts-multivariant': false,
  'ts-playlist': false,
  ts: false,
};

export const isImmutable = (path: MediaPath): path is ImmutablePath => isImmutableKind[path.kind];

/** Before `<token>/v/…`. */
export const TOKEN_PREFIX = '/t/';

/** Names the playlists of MPEG-TS. Nothing else in a query is part of a path. */
export const TS_QUERY = '?container=ts';

/** `stream.sdp`, and `stream-2.sdp` for the second address. */
const SDP = /^stream(?:-([2-8]))?\.sdp$/;

const TS_SEGMENT = /^(0|[1-9][0-9]{0,14})\.ts$/;

const SEGMENT = /^(0|[1-9][0-9]{0,14})(?:\.(0|[1-9][0-9]{0,5}))?\.m4s$/;

/** Reads `/v/<id>/…`. Returns null for every path that names nothing. */
export function parse(path: string): MediaPath | null {
  if (!path.endsWith(TS_QUERY)) return parseName(path);
  const named = parseName(path.slice(0, -TS_QUERY.length));
  if (named?.kind === 'multivariant') return { ...named, kind: 'ts-multivariant' };
  return named?.kind === 'playlist' ? { ...named, kind: 'ts-playlist' } : null;
}

function parseName(path: string): MediaPath | null {
  const parts = path.split('/');
  if (parts[0] !== '' || parts[1] !== 'v') return null;
  const presentation = PresentationId.safeParse(parts[2]);
  if (!presentation.success) return null;
  if (parts.length === 4) return ofPresentation(presentation.data, parts[3] ?? '');
  const track = TrackId.safeParse(parts[3]);
  if (!track.success) return null;
  if (parts.length === 5) {
    return ofTrack({ presentation: presentation.data, track: track.data }, parts[4] ?? '');
  }
  const epoch = Epoch.safeParse(parts[4]);
  if (parts.length !== 6 || !epoch.success) return null;
  return ofEpoch({ presentation: presentation.data, track: track.data, epoch: epoch.data }, parts[5] ?? '');
}

function ofPresentation(presentation: PresentationId, file: string): MediaPath | null {
  switch (file) {
    case 'index.m3u8':
      return { kind: 'multivariant', presentation };
    case 'manifest.mpd':
      return { kind: 'mpd', presentation };
    case 'poster.jpg':
      return { kind: 'poster', presentation };
    default: {
      const sdp = SDP.exec(file);
      return sdp === null ? null : { kind: 'sdp', presentation, index: Number(sdp[1] ?? 1) - 1 };
    }
  }
}

function ofTrack(at: Omit<TrackEpoch, 'epoch'>, file: string): MediaPath | null {
  switch (file) {
    case 'index.m3u8':
      return { kind: 'playlist', ...at };
    case 'iframes.m3u8':
      return { kind: 'i-frames', ...at };
    default:
      return null;
  }
}

function ofEpoch(at: TrackEpoch, file: string): MediaPath | null {
  if (file === 'init.mp4') return { kind: 'init', ...at };
  const ts = TS_SEGMENT.exec(file)?.[1];
  if (ts !== undefined) return { kind: 'ts', number: Number(ts), ...at };
  const [, number, index] = SEGMENT.exec(file) ?? [];
  if (number === undefined) return null;
  if (index === undefined) return { kind: 'segment', number: Number(number), ...at };
  return { kind: 'chunk', number: Number(number), index: Number(index), ...at };
}

/** Prints a path that `parse` reads back as the same value. */
export function print(path: MediaPath): string {
  const root = `/v/${path.presentation}`;
  switch (path.kind) {
    case 'multivariant':
      return `${root}/index.m3u8`;
    case 'mpd':
      return `${root}/manifest.mpd`;
    case 'poster':
      return `${root}/poster.jpg`;
    case 'sdp':
      return path.index === 0 ? `${root}/stream.sdp` : `${root}/stream-${path.index + 1}.sdp`;
    case 'playlist':
      return `${root}/${path.track}/index.m3u8`;
    case 'i-frames':
      return `${root}/${path.track}/iframes.m3u8`;
    case 'ts-multivariant':
      return `${root}/index.m3u8${TS_QUERY}`;
    case 'ts-playlist':
      return `${root}/${path.track}/index.m3u8${TS_QUERY}`;
    case 'ts':
      return `${root}/${path.track}/${path.epoch}/${path.number}.ts`;
    case 'init':
      return `${root}/${path.track}/${path.epoch}/init.mp4`;
    case 'segment':
      return `${root}/${path.track}/${path.epoch}/${path.number}.m4s`;
    case 'chunk':
      return `${root}/${path.track}/${path.epoch}/${path.number}.${path.index}.m4s`;
  }
}
