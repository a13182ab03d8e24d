import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { type Segment, Timeline } from '../media/timeline.ts';
import { Announcer } from '../origin/packaging/announcer.ts';
import { type Bus, ensureStream, openBucket } from '../runtime/bus.ts';
import { remove } from '../runtime/files.ts';
import { epochAt, type PresentationId, type TrackId } from '../wire/ids.ts';
import type { Presentation } from '../wire/presentation.ts';
import {
  ALL_TIMELINES,
  PRESENTATIONS_BUCKET,
  TIMELINE_MESSAGES,
  TIMELINE_STREAM,
  timelineSubject,
} from '../wire/subjects.ts';
import { eventually } from './cluster.ts';
import { openDash } from './dash-player.ts';
import { makeFilm } from './film.ts';
import { film as described } from './fleet.ts';
import { openHls } from './hls-player.ts';
import { check } from './mpd/check.ts';
import { startNats, testBus } from './nats.ts';
import { type EdgeNode, type Nodes, startEdge, startNodes } from './nodes.ts';
import { chromiumPath, launchChromium } from './player.ts';
import { quiet } from './quiet.ts';

describe('a window of 6 h, in segments of 2 s and chunks of 0.5 s', () => {
  const WINDOW_MS = 6 * 3_600_000;
  const SEGMENTS = WINDOW_MS / 2_000;
  /** A channel that has run for three weeks. */
  const FIRST = 1_000_000;
  const NEXT = FIRST + SEGMENTS;
  const REFRESH_MAX_BYTES = 4_096;
  const START_MS = 1_760_000_000_000;
  const EPOCH = epochAt(START_MS);
  const SEGMENT_LINES = new RegExp(`^${EPOCH}/\\d+\\.m4s$`, 'gm');

  const [video, audio] = described('studio').tracks as [Track, Track];
  type Track = Presentation['tracks'][number];
  /** A ladder of five: each playlist tells how far the four others are. */
  const tracks: Track[] = [
    ...['v1080', 'v720', 'v480', 'v240'].map((id) => ({ ...video, id: id as TrackId })),
    audio,
  ];
  const studio = described('studio', {
    ...{ kind: 'live', windowMs: WINDOW_MS, chunkDurationMs: 500, durationMs: null, poster: false, tracks },
    state: { name: 'live', since: START_MS },
  });

  let edge: EdgeNode;
  let bus: Bus;
  let announcers: readonly Announcer[];
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const nats = await startNats();
    bus = await testBus(nats);
    await ensureStream(bus, TIMELINE_STREAM, [ALL_TIMELINES], TIMELINE_MESSAGES);
    const bucket = await openBucket(bus, PRESENTATIONS_BUCKET);
    await bucket.put(studio.id, JSON.stringify(studio));
    announcers = tracks.map((track) => announcerOf(studio.id, track));
    for (const number of [NEXT, NEXT + 1]) goOn(number, 4);
    goOn(NEXT + 2, 2);
    for (const announcer of announcers) await announcer.close();
    edge = await startEdge(nats.url, 'http://127.0.0.1:9');
    closing.push(edge.stop, bus.close, nats.remove);
    await eventually(async () => (await ask('v1080/index.m3u8')).status === 200);
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  function announcerOf(presentation: PresentationId, { id, timescale }: Track): Announcer {
    const timeline = new Timeline(timescale, WINDOW_MS);
    for (let number = FIRST; number < NEXT; number++) timeline.append(segment(number, timescale));
    return new Announcer(bus, timelineSubject(presentation, id), timeline, quiet);
  }

  const segment = (number: number, timescale: number): Segment => ({
    ...{ epoch: EPOCH, discontinuity: 3, number, independent: true, size: 4 * (400_000 + (number % 997)) },
    ...{ time: number * 2 * timescale, duration: 2 * timescale, keySize: 150_000 },
    wallClockMs: START_MS + number * 2_000,
  });

  /** Announces the chunks of a segment, and with the fourth the segment. */
  function goOn(number: number, chunks: number): void {
    for (const announcer of announcers) {
      const { size, duration, ...head } = segment(number, announcer.timeline.timescale);
      const chunk = { duration: duration / 4, size: size / 4, independent: true };
      for (let index = 0; index < Math.min(chunks, 3); index++) announcer.grow(head, index, chunk);
      if (chunks === 4) announcer.append({ ...head, size, duration }, chunk);
    }
  }

  /** An answer, with the bytes that were sent. */
  async function ask(path: string, coding = 'identity') {
    const headers = { 'Accept-Encoding': coding };
    const response = await fetch(`${edge.url}/v/studio/${path}`, { headers, decompress: false });
    return { status: response.status, bytes: await response.bytes() };
  }

  test.each(['v1080/index.m3u8', 'a128/index.m3u8', 'v1080/iframes.m3u8'])(
    'refreshes %s in less than 4 KB, compressed or not',
    async (path) => {
      const newest = NEXT + (path.includes('iframes') ? 1 : 2);
      const part = path.includes('iframes') ? '' : '&_HLS_part=1';
      const refresh = `${path}?_HLS_msn=${newest}${part}&_HLS_skip=YES`;
      const plain = await ask(refresh);
      expect(plain.status).toBe(200);
      const text = new TextDecoder().decode(plain.bytes);
      const listed = text.match(SEGMENT_LINES)?.length ?? 0;
      expect(text).toContain(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${SEGMENTS - listed}\n`);
      expect(plain.bytes.byteLength).toBeLessThan(REFRESH_MAX_BYTES / 1.5);
      const zipped = await ask(refresh, 'gzip');
      expect(zipped.bytes.byteLength).toBeLessThan(REFRESH_MAX_BYTES / 5);
      if (zipped.bytes[0] === 0x1f) expect(gunzipSync(zipped.bytes).toString()).toBe(text);
    },
  );

  test('lists all of it to who comes first, in a tenth of the bytes when compressed', async () => {
    const plain = await ask('v1080/index.m3u8');
    const text = new TextDecoder().decode(plain.bytes);
    expect(text.match(SEGMENT_LINES)).toHaveLength(SEGMENTS);
    expect(text).toContain(`#EXT-X-PART:DURATION=0.50000,URI="${EPOCH}/${NEXT + 2}.1.m4s"`);
    const zipped = await ask('v1080/index.m3u8', 'gzip');
    expect(zipped.bytes.byteLength).toBeLessThan(plain.bytes.byteLength / 10);
    expect(gunzipSync(zipped.bytes).toString()).toBe(text);
  });

  test('has a manifest for DASH that breaks no rule', async () => {
    const text = new TextDecoder().decode((await ask('manifest.mpd')).bytes);
    expect(check(text).problems).toEqual([]);
    expect(text).toContain('timeShiftBufferDepth="PT21600S"');
    expect(text.length).toBeLessThan(16_384);
  });
});

describe('a channel with a window', () => {
  const WINDOW_SECONDS = 60;
  const BACK_SECONDS = 20;

  let nodes: Nodes;
  let film: string;
  let browser: Browser;

  beforeAll(async () => {
    if (chromiumPath === null) return;
    film = await makeFilm(20);
    const windowMs = WINDOW_SECONDS * 1_000;
    const source = { source: `file:${film}`, ladder: 'mobile' } as const;
    nodes = await startNodes({
      presentations: [{ kind: 'live', id: 'cam', title: 'Camera', windowMs, ...source }],
    });
    browser = await launchChromium();
    await eventually(async () => (await listed()) > BACK_SECONDS + 10);
  }, 120_000);
  afterAll(async () => {
    if (chromiumPath === null) return;
    await browser.close();
    await nodes.stop();
    await remove(dirname(film));
  });

  /** Seconds that the channel's playlist reaches back. */
  async function listed(): Promise<number> {
    const text = await (await fetch(`${nodes.edgeUrl}/v/cam/v240/index.m3u8`)).text();
    return [...text.matchAll(/^#EXTINF:([\d.]+)/gm)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
  }

  test.skipIf(chromiumPath === null)(
    'plays in hls.js where the viewer seeks back to, and again at its edge',
    async () => {
      const player = await openHls(browser, `${nodes.edgeUrl}/v/cam/index.m3u8`);
      const live = await player.plays(3);
      expect(live.latency).toBeLessThan(5);
      await player.seek(live.time - BACK_SECONDS);
      const back = await player.plays(5);
      expect(back.time - live.time).toBeLessThan(10 - BACK_SECONDS);
      expect(back.latency).toBeGreaterThan(BACK_SECONDS - 3);
      expect(back.frames).toBeGreaterThan(live.frames + 80);
      await player.seek(back.time + back.latency - 2);
      const again = await player.plays(3);
      expect(again.latency).toBeLessThan(5);
      expect(again.frames).toBeGreaterThan(back.frames + 50);
      expect(again.errors).toEqual([]);
      await player.close();
    },
    90_000,
  );

  test.skipIf(chromiumPath === null)(
    'plays in dash.js where the viewer seeks back to',
    async () => {
      const player = await openDash(browser, `${nodes.edgeUrl}/v/cam/manifest.mpd`);
      const live = await player.plays(3);
      await player.seekBack(BACK_SECONDS);
      const back = await player.plays(5);
      expect(back.time).toBeLessThan(live.time - BACK_SECONDS + 12);
      expect(back.latency).toBeGreaterThan(BACK_SECONDS - 3);
      expect(back.frames).toBeGreaterThan(live.frames + 80);
      expect(player.complaints).toEqual([]);
      await player.close();
    },
    90_000,
  );
});
