import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Browser } from 'playwright-core';
import { remove } from '../runtime/files.ts';
import { becomes, type Cluster, eventually, startCluster } from './cluster.ts';
import { openDash } from './dash-player.ts';
import { makeFilm } from './film.ts';
import { breaks, decodeErrors, ffprobe, packets } from './media.ts';
import { check } from './mpd/check.ts';
import { text } from './mpd/document.ts';
import { type Manifest, seconds, urls } from './mpd/manifest.ts';
import { changes } from './mpd/updates.ts';
import { chromiumPath, launchChromium } from './player.ts';

const FILM_SECONDS = 20;

let cluster: Cluster;
let film: string;
let browser: Browser | null = null;

beforeAll(async () => {
  film = await makeFilm(FILM_SECONDS);
  cluster = await startCluster({ film });
  await becomes(cluster, 'bbb', 'ready');
  await becomes(cluster, 'demo-live', 'live');
  if (chromiumPath !== null) browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await cluster.stop();
  await cluster.remove();
  await remove(dirname(film));
});

const chromium = (): Browser => {
  if (browser === null) throw new Error('there is no Chromium');
  return browser;
};

/** At an edge: ffmpeg resolves what a manifest names against the address before a redirect. */
const manifestUrl = (id: string, edge = 0) => `${cluster.edgeUrls[edge]}/v/${id}/manifest.mpd`;

/** A manifest that breaks no rule. */
async function fetchManifest(id: string): Promise<Manifest> {
  const { manifest, problems } = check(await (await fetch(manifestUrl(id))).text());
  expect(problems).toEqual([]);
  if (manifest === null) throw new Error('no manifest');
  return manifest;
}

/** What a manifest names that can't be had. */
async function missing(id: string): Promise<readonly string[]> {
  const named = urls(await fetchManifest(id)).map((url) => new URL(url, manifestUrl(id)).href);
  const statuses = await Promise.all(named.map(async (url) => (await fetch(url)).status));
  return named.filter((_, index) => statuses[index] !== 200);
}

/** Fetches a live manifest again and again; gives what its updates changed though they must not. */
async function watchUpdates(id: string, seconds: number): Promise<readonly string[]> {
  const found: string[] = [];
  let before = await fetchManifest(id);
  const until = lastEnd(before) + seconds;
  await eventually(async () => {
    const after = await fetchManifest(id);
    found.push(...changes(before, after));
    before = after;
    return lastEnd(after) >= until;
  });
  return found;
}

const lastEnd = ({ periods }: Manifest) =>
  periods.at(-1)?.sets[0]?.representations[0]?.segments.at(-1)?.end ?? 0;

describe('the film', () => {
  test('has a manifest that breaks no rule, and all that it names can be had', async () => {
    expect((await fetch(manifestUrl('bbb'))).headers.get('Content-Type')).toBe('application/dash+xml');
    expect(await missing('bbb')).toEqual([]);
  });

  test('decodes to its end in ffmpeg, and lasts as long as it should', async () => {
    expect(await decodeErrors(manifestUrl('bbb'))).toEqual([]);
    const { streams, format } = await ffprobe(manifestUrl('bbb'));
    expect(streams.map(({ codec_name }) => codec_name).toSorted()).toEqual(['aac', 'h264']);
    expect(Math.abs(Number(format.duration) - FILM_SECONDS)).toBeLessThan(0.1);
  });

  test.skipIf(chromiumPath === null)(
    'plays in dash.js, from the coordinator, and after a seek',
    async () => {
      const player = await openDash(chromium(), `${cluster.url}/play/bbb.mpd`);
      const { frames, soundBytes } = await player.plays(5);
      expect(frames).toBeGreaterThan(100);
      expect(soundBytes).toBeGreaterThan(10_000);
      await player.seek(14.5);
      expect((await player.plays(3)).time).toBeGreaterThan(17);
      expect(player.complaints).toEqual([]);
      await player.close();
    },
    60_000,
  );
});

describe('the live channel', () => {
  test('has a manifest whose updates leave alone what they must, and all that it names can be had', async () => {
    expect(await watchUpdates('demo-live', 20)).toEqual([]);
    expect(await missing('demo-live')).toEqual([]);
  }, 60_000);

  test('has the same manifest on both edges', async () => {
    const read = async (edge: number) => (await fetch(manifestUrl('demo-live', edge))).text();
    await eventually(async () => (await read(0)) === (await read(1)), 10_000);
  });

  test('is read by ffmpeg in real time with no gap and no repeated timestamp', async () => {
    const { periods } = await fetchManifest('demo-live');
    const known = lastEnd(await fetchManifest('demo-live')) - (periods[0]?.start ?? 0);
    const list = await packets(manifestUrl('demo-live'), Math.min(60, known) + 6);
    expect(breaks(list)).toEqual([]);
    expect(list.length).toBeGreaterThan(20 * (24 + 46));
    expect(await decodeErrors(manifestUrl('demo-live'), 10)).toEqual([]);
  }, 60_000);

  test('tells players the time', async () => {
    const response = await fetch(new URL('../../time', manifestUrl('demo-live')));
    expect(Math.abs(Date.parse(await response.text()) - Date.now())).toBeLessThan(1_000);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
  });

  test.skipIf(chromiumPath === null)(
    'plays in dash.js, as far behind live as it is asked to be',
    async () => {
      const player = await openDash(chromium(), `${cluster.url}/play/demo-live.mpd`);
      const { frames, soundBytes, latency } = await player.plays(8);
      expect(frames).toBeGreaterThan(150);
      expect(soundBytes).toBeGreaterThan(20_000);
      const asked = seconds(text((await fetchManifest('demo-live')).node, 'suggestedPresentationDelay'));
      expect(Math.abs(latency - asked)).toBeLessThan(1.5);
      expect(player.complaints).toEqual([]);
      await player.close();
    },
    60_000,
  );
});

/** dash.js says that it passes over the time in which the source was away. */
const isOfGap = (complaint: string) => /gap in the manifest|\[GapController\] Jumping /.test(complaint);

test.skipIf(chromiumPath === null)(
  'dash.js goes on by itself when the source was lost',
  async () => {
    const player = await openDash(chromium(), `${cluster.url}/play/demo-live.mpd`);
    const { period } = await player.plays(4);
    const pid = await encoderOf('demo-live');
    const updates = watchUpdates('demo-live', 20);
    process.kill(pid, 'SIGKILL');
    await eventually(async () => (await player.shown()).period > period, 40_000);
    const { frames } = await player.shown();
    expect((await player.plays(5)).frames).toBeGreaterThan(frames + 100);
    expect(await updates).toEqual([]);
    expect(player.complaints.filter((complaint) => !isOfGap(complaint))).toEqual([]);
    expect((await fetchManifest('demo-live')).periods).toHaveLength(2);
    expect(await missing('demo-live')).toEqual([]);
    await player.close();
  },
  90_000,
);

/** The ffmpeg of this cluster that reads in a loop, which is what a channel's does. */
async function encoderOf(id: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string) =>
      Bun.file(`/proc/${pid}/${file}`)
        .text()
        .catch(() => '');
    const command = (await read('cmdline')).split('\0');
    if (command[0]?.endsWith('ffmpeg') && command.includes('-stream_loop') && command.includes(film))
      return Number(pid);
  }
  throw new Error(`no encoder of ${id}`);
}
