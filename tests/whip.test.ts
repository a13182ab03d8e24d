import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describe as describeEntry } from '../media/codecs/sample-entry.ts';
import { remove } from '../runtime/files.ts';
import { run } from '../runtime/process.ts';
import { offsetsOf } from './flashes.ts';
import { chromiumPath } from './player.ts';
import { blankPage, launchWithCamera, type Publish, publish } from './publisher.ts';
import { type Door, KEY, openDoor, type Recording } from './whip.ts';

/** Segments of two seconds have to be playable after four. */
const FIRST_PICTURE_MS = 4_000;

let browser: Browser;
let folder: string;
let door: Door;
let page: Page;
let closePage: () => Promise<void>;

const isHere = chromiumPath !== null;

beforeAll(async () => {
  if (isHere) browser = await launchWithCamera();
  folder = await mkdtemp(join(tmpdir(), 'headwater-whip-'));
});
afterAll(async () => {
  if (isHere) await browser.close();
  await remove(folder);
});
beforeEach(async () => {
  if (!isHere) return;
  door = await openDoor();
  const opened = await blankPage(browser);
  page = opened.page;
  closePage = opened.close;
});
afterEach(async () => {
  if (!isHere) return;
  await page.close();
  await closePage();
  await door.close();
});

const what = (rest: Partial<Publish> = {}): Publish => ({
  url: `${door.url}/whip/studio`,
  key: KEY,
  mimeType: 'video/H264',
  source: 'camera',
  trickles: false,
  ...rest,
});

/** Publishes, and waits until `seconds` of its first track have come. */
async function record(seconds: number, rest: Partial<Publish> = {}): Promise<Recording> {
  const next = door.next();
  const published = await publish(page, what(rest));
  expect([published.status, published.body.slice(0, 4)]).toEqual([201, 'v=0\r']);
  const recording = await next;
  await recording.until(({ isOver, tracks }) => isOver || recording.seconds(tracks[0]?.id ?? 0) >= seconds);
  expect(recording.error).toBeNull();
  return recording;
}

async function kept(recording: Recording): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.mp4`);
  await writeFile(file, recording.file());
  return file;
}

/** Decodes all of it; what ffmpeg says on the way. */
async function decode(file: string, ...more: readonly string[]): Promise<readonly string[]> {
  const args = ['-nostdin', '-v', 'error', '-xerror', '-i', file, ...more];
  const { exit, errors } = await run('ffmpeg', [...args, '-fps_mode', 'passthrough', '-f', 'null', '-']);
  expect(exit).toEqual({ kind: 'status', status: 0 });
  return errors.filter((line) => !line.includes('non monotonically increasing dts to muxer'));
}

describe.skipIf(!isHere)('a browser', () => {
  test.each([
    ['video/H264', /^avc1\.42c0/],
    ['video/VP9', /^vp09\.00\./],
    ['video/AV1', /^av01\.0\./],
  ])('publishes its camera in %s, and it can be packaged', async (mimeType, codec) => {
    const startedMs = performance.now();
    const recording = await record(0.1, { mimeType });
    expect(performance.now() - startedMs).toBeLessThan(FIRST_PICTURE_MS);
    await recording.until(({ isOver }) => isOver || recording.seconds(1) >= 7);
    expect(recording.error).toBeNull();
    const [video, audio] = recording.tracks.map(({ sampleEntry }) => describeEntry(sampleEntry));
    expect(video).toMatchObject({ kind: 'video', width: 640, height: 360 });
    expect(video?.codec).toMatch(codec);
    expect(audio).toEqual({ kind: 'audio', codec: 'opus', channels: 2, sampleRate: 48_000 });

    const pictures = recording.samples.get(1) ?? [];
    expect(pictures[0]?.sync).toBe(true);
    const keys = pictures.filter(({ sync }) => sync).map(({ dts }) => dts / 90_000);
    const between = keys.slice(1).map((at, index) => at - (keys[index] ?? 0));
    expect(between.length).toBeGreaterThanOrEqual(2);
    for (const seconds of between) expect(seconds).toBeWithin(1.5, 2.5);

    const sound = recording.samples.get(2) ?? [];
    const steps = sound.slice(1).map(({ dts }, index) => dts - (sound[index]?.dts ?? 0));
    expect(Math.min(...steps)).toBe(960);
    expect(recording.seconds(2) * 50 - steps.length).toBeLessThan(10);
    expect(Math.abs(recording.seconds(1) - recording.seconds(2))).toBeLessThan(1);
    expect(await decode(await kept(recording))).toEqual([]);
  });

  test('publishes picture and sound that belong together', async () => {
    const recording = await record(9, { source: 'flashes' });
    const file = await kept(recording);
    const offsets = await offsetsOf(file);
    expect(offsets.length).toBeGreaterThanOrEqual(5);
    const median = offsets.toSorted((a, b) => a - b)[Math.floor(offsets.length / 2)] ?? Number.NaN;
    expect(Math.abs(median)).toBeLessThan(0.1);
  });

  test('publishes sound alone', async () => {
    const recording = await record(1, { mimeType: null });
    expect(recording.tracks.map(({ handler }) => handler)).toEqual(['soun']);
  });

  test('may send its candidates later', async () => {
    const recording = await record(0.5, { trickles: true });
    expect(recording.tracks.length).toBe(2);
  });

  test('is told that its key is wrong', async () => {
    const { status, body } = await publish(page, what({ key: 'another' }));
    expect([status, body]).toEqual([403, 'this is not the key of studio\n']);
    expect(door.recordings).toEqual([]);
  });

  test('ends with DELETE, and another may publish at once', async () => {
    const next = door.next();
    const { session } = await publish(page, what());
    const recording = await next;
    await recording.until(({ samples }) => samples.size === 2);
    await fetch(session, { method: 'DELETE', headers: { Authorization: `Bearer ${KEY}` } });
    await recording.until(({ isOver }) => isOver);
    expect(recording.error).toBeNull();
    const again = await record(0.1);
    expect(again.tracks.length).toBe(2);
  });

  test('ends when its tab is closed', async () => {
    const recording = await record(1);
    const closedMs = performance.now();
    await page.close();
    await recording.until(({ isOver }) => isOver);
    expect(performance.now() - closedMs).toBeLessThan(10_000);
  });

  test('that sends another size begins anew', async () => {
    const first = await record(1);
    const next = door.next();
    await page.evaluate(async () => {
      const { connection } = window as unknown as { connection: RTCPeerConnection };
      for (const { track } of connection.getSenders())
        if (track?.kind === 'video') await track.applyConstraints({ width: 320, height: 180 });
    });
    await first.until(({ isOver }) => isOver);
    expect(first.error).toBe('the picture is now 320×180');
    const second = await next;
    await second.until(({ tracks }) => tracks.length === 2);
    expect(second.samples.get(1)?.[0]?.sync ?? true).toBe(true);
  });
});
