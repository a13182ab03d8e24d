import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/failure.ts';
import { remove } from '../../runtime/files.ts';
import { listen } from '../../runtime/http.ts';
import type { Context } from '../../runtime/node.ts';
import { epochAt, PresentationId } from '../../wire/ids.ts';
import * as Paths from '../../wire/paths.ts';
import { fromFeed } from '../ingest/on-air.ts';
import { KeyFramesTooFar } from '../packaging/cutter.ts';
import { packageEpoch } from '../packaging/epoch.ts';
import { Retention } from '../packaging/retention.ts';
import { keyOf, openStorage, type Storage } from '../packaging/storage.ts';
import { SEGMENT_SECONDS } from '../station.ts';
import { Unreadable } from '../transcode/probe.ts';
import { type Film, openFilm, type Showing } from './film.ts';
import { Show } from './show.ts';

const USUAL_PORT = 8070;
const WINDOW_MS = 60_000;

/** Segments end at key frames; a live film with key frames further apart is encoded. */
const LONGEST_SECONDS = 6;

const presentation = PresentationId.parse('film');

/** Reads `--to`: a port, or a URL of this machine with one. Throws Failure `bad-setting`. */
export function portOf(to: string | null): number {
  if (to === null) return USUAL_PORT;
  const url = /^\d{1,5}$/.test(to) ? `http://127.0.0.1:${to}` : to;
  const { protocol, port } = URL.parse(url) ?? {};
  if (protocol === 'http:') return Number(port === '' ? 80 : port);
  throw new Failure(
    'bad-setting',
    `--to ${to} is no port and no URL`,
    'Write a port such as 8070, or http://127.0.0.1:8070',
  );
}

/**
 * Serves a film over HTTP: as it is packaged when it is encoded, else once it is whole; over and over as a live stream.
 * Resolves never, but by a signal. Throws Failure.
 */
export async function streamHls(
  showing: Omit<Showing, 'isPaced'>,
  port: number,
  { lifecycle, log }: Context,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-stream-'));
  lifecycle.defer('files', () => remove(folder));
  const storage = await openStorage(`file:${folder}`);
  const show = new Show({
    kind: showing.isLooped ? 'live' : 'vod',
    windowMs: showing.isLooped ? WINDOW_MS : 0,
  });
  const listener = await listen({
    port,
    hostname: '::',
    portSetting: '--to',
    fetch: (request) => serve(new URL(request.url).pathname, show, storage),
  });
  lifecycle.defer('HTTP', listener.close);
  const url = `http://127.0.0.1:${listener.port}/index.m3u8`;
  process.stdout.write(`${url}\nPlay it with one of:\n  ffplay ${url}\n  vlc ${url}\n`);
  const retention = new Retention(presentation, WINDOW_MS, { storage, log, clock: systemClock });
  const packaging = { show, storage, retention, defer: lifecycle.defer.bind(lifecycle) };
  await packageFilm({ ...showing, isPaced: showing.isLooped }, packaging);
  if (!showing.isLooped) process.stdout.write('All of it is there; Ctrl-C ends this.\n');
  await new Promise(() => {});
}

type Packaging = {
  readonly show: Show;
  readonly storage: Storage;
  readonly retention: Retention;
  readonly defer: (name: string, close: () => unknown) => void;
};

/** As it is where its key frames allow that, else encoded. */
async function packageFilm(showing: Showing, packaging: Packaging): Promise<void> {
  const film = await openFilm(showing);
  packaging.defer('film', film.stop);
  try {
    await packageOnce(film, showing, packaging);
  } catch (error) {
    const isTooFar = error instanceof KeyFramesTooFar || error instanceof Unreadable;
    if (film.isEncoded || !isTooFar) throw error;
    await film.stop();
    await packageFilm({ ...showing, isEncoded: true }, packaging);
  }
}

async function packageOnce(film: Film, { isLooped }: Showing, packaging: Packaging): Promise<void> {
  const { show, storage, retention } = packaging;
  const { now } = systemClock;
  const coding = { ladder: 'passthrough', videoCodec: 'h264', audioCodec: 'aac', segmentMs: 0 } as const;
  const { feed, trackIds, source, gopSeconds } = await fromFeed(film.feed, coding, { now, before: () => [] });
  const promised = promise(film, isLooped, gopSeconds ?? null);
  show.targetDurationMs = promised;
  await packageEpoch(feed, {
    ...{ presentation, epoch: epochAt(now()), trackIds, storage, now },
    segmentSeconds: SEGMENT_SECONDS,
    ...(promised === null ? {} : { segmentMaxSeconds: promised / 1000 + 0.49 }),
    chunkSeconds: null,
    push: () => {},
    open: async (tracks) => ({
      announcers: show.open(tracks, { ...source, audio: film.source.audio }),
      discontinuity: 0,
      startSeconds: 0,
      onSegment: () => {},
      onGone: (track, segments) => retention.gone(track, segments),
    }),
    onProgress: () => {},
  });
  show.targetDurationMs ??= show.longestMs;
  show.end();
}

/** The longest segment that can be promised before it is made; null where all of them have to be looked at. */
function promise({ isEncoded }: Film, isLooped: boolean, gopSeconds: number | null): number | null {
  if (isEncoded) return SEGMENT_SECONDS * 1000;
  if (!isLooped) return null;
  if ((gopSeconds ?? 0) > LONGEST_SECONDS) throw new KeyFramesTooFar('its key frames are too far apart');
  return LONGEST_SECONDS * 1000;
}

const HLS_TYPE = 'application/vnd.apple.mpegurl';
const CORS = { 'Access-Control-Allow-Origin': '*' };

async function serve(pathname: string, show: Show, storage: Storage): Promise<Response> {
  const path = Paths.parse(`/v/${presentation}${pathname}`);
  switch (path?.kind) {
    case 'multivariant':
    case 'playlist':
    case 'i-frames': {
      const text = show.playlist(path);
      if (text === null)
        return refuse(503, 'nothing to play yet: ask again in a second', { 'Retry-After': '1' });
      return new Response(text, {
        headers: { 'Content-Type': HLS_TYPE, 'Cache-Control': 'no-cache', ...CORS },
      });
    }
    case 'init':
    case 'segment': {
      const bytes = await storage.get(keyOf(path));
      const type = path.kind === 'init' ? 'video/mp4' : 'video/iso.segment';
      return bytes === null
        ? refuse(404, 'no such media')
        : new Response(bytes, { headers: { 'Content-Type': type, ...CORS } });
    }
    default:
      return refuse(404, 'not found: this serves /index.m3u8 and what it names');
  }
}

const refuse = (status: number, problem: string, extra: Readonly<Record<string, string>> = {}) =>
  new Response(`${problem}\n`, { status, headers: { ...CORS, ...extra } });
