import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { dirname } from 'node:path';
import type { Browser } from 'playwright-core';
import { remove } from '../runtime/files.ts';
import { eventually } from './cluster.ts';
import { makeFilm, makeSound } from './film.ts';
import { breaks, decodeErrors, ffprobe, packets } from './media.ts';
import { type Nodes, startNodes } from './nodes.ts';
import { chromiumPath, launchChromium, watch } from './player.ts';

const SECONDS = 5;
const FRAME_RATE = 12;

const WATCHED_SECONDS = 1.5;

/** Seconds; the longest is that of MP3, 1,152 samples. */
const FRAME_OF_SOUND = 0.025;

/** What hls.js in Chromium makes of it. */
type Perceived = { readonly seen: boolean; readonly heard: boolean; readonly error: string | null };

type Case = {
  readonly id: string;
  readonly videoCodec: 'h264' | 'hevc' | 'vp9' | 'av1' | null;
  readonly audioCodec: 'aac' | 'mp3' | 'opus' | 'none';
  /** As the multivariant playlist is to say it of the first variant. */
  readonly codecs: string;
  readonly browser: Perceived;
  /** The same of MPEG-TS; null where it can't be had in that. */
  readonly transport: Perceived | null;
};

const BOTH = { seen: true, heard: true, error: null };
const PICTURES = { seen: true, heard: false, error: null };
const SOUND = { seen: false, heard: true, error: null };
const refused = (error: string) => ({ seen: false, heard: false, error });

// 160×480 at 12/s is level 2 of H.264 for its bit rate (20, 0x14), and of HEVC (60), VP9 (20) and AV1 (00) for its size. Debian's
// Chromium has no HEVC. No Chromium takes MP3 in MP4 through Media Source, so hls.js drops it beside pictures, even
// out of MPEG-TS, from which it plays MP3 that is alone.
const CASES: readonly Case[] = [
  {
    ...{ id: 'h264-aac', videoCodec: 'h264', audioCodec: 'aac', codecs: 'avc1.640014,mp4a.40.2' },
    ...{ browser: BOTH, transport: BOTH },
  },
  {
    ...{ id: 'hevc-aac', videoCodec: 'hevc', audioCodec: 'aac', codecs: 'hvc1.1.6.L60.90,mp4a.40.2' },
    ...{ browser: refused('manifestIncompatibleCodecsError'), transport: null },
  },
  {
    ...{ id: 'vp9-opus', videoCodec: 'vp9', audioCodec: 'opus', codecs: 'vp09.00.20.08,opus' },
    ...{ browser: BOTH, transport: null },
  },
  {
    ...{ id: 'av1-opus', videoCodec: 'av1', audioCodec: 'opus', codecs: 'av01.0.00M.08,opus' },
    ...{ browser: BOTH, transport: null },
  },
  {
    ...{ id: 'h264-mp3', videoCodec: 'h264', audioCodec: 'mp3', codecs: 'avc1.640014,mp4a.40.34' },
    ...{ browser: PICTURES, transport: PICTURES },
  },
  {
    ...{ id: 'h264-alone', videoCodec: 'h264', audioCodec: 'none', codecs: 'avc1.640014' },
    ...{ browser: PICTURES, transport: PICTURES },
  },
  {
    ...{ id: 'aac-alone', videoCodec: null, audioCodec: 'aac', codecs: 'mp4a.40.2' },
    ...{ browser: SOUND, transport: SOUND },
  },
  {
    ...{ id: 'mp3-alone', videoCodec: null, audioCodec: 'mp3', codecs: 'mp4a.40.34' },
    ...{ browser: refused('mediaSourceRequiresReset'), transport: SOUND },
  },
  {
    ...{ id: 'opus-alone', videoCodec: null, audioCodec: 'opus', codecs: 'opus' },
    ...{ browser: SOUND, transport: null },
  },
];

let film: string;
let sound: string;
let nodes: Nodes;

beforeAll(async () => {
  [film, sound] = await Promise.all([makeFilm(SECONDS, '160x480', FRAME_RATE), makeSound(SECONDS)]);
  const presentations = CASES.map(({ id, videoCodec, audioCodec }) => ({
    ...({ kind: 'vod', id, title: id, ladder: 'mobile', audioCodec } as const),
    file: videoCodec === null ? sound : film,
    videoCodec: videoCodec ?? 'h264',
  }));
  nodes = await startNodes({ presentations });
});

afterAll(async () => {
  await nodes.stop();
  await Promise.all([film, sound].map((file) => remove(dirname(file))));
});

const urlOf = (id: string) => `${nodes.edgeUrl}/v/${id}/index.m3u8`;
const inTransport = (id: string) => `${urlOf(id)}?container=ts`;
const text = async (url: string) => (await fetch(url)).text();

/** The URLs of a presentation's media playlists. */
async function playlistUrls(id: string): Promise<readonly string[]> {
  const playlist = await text(urlOf(id));
  const uris = [...playlist.matchAll(/^(\S+\/index\.m3u8)$|URI="([^"]+\/index\.m3u8)"/gm)].map(
    (match) => match[1] ?? match[2],
  );
  return uris.map((uri) => new URL(uri ?? '', urlOf(id)).href);
}

async function isPackaged(id: string): Promise<boolean> {
  const playlists = await Promise.all((await playlistUrls(id)).map(text));
  return playlists.length > 0 && playlists.every((playlist) => playlist.includes('#EXT-X-ENDLIST'));
}

const durations = async (url: string) =>
  [...(await text(url)).matchAll(/#EXTINF:([\d.]+)/g)].map((match) => Number(match[1]));

describe.each(CASES)('$id', ({ id, videoCodec, audioCodec, codecs, transport }) => {
  const streams = [...(videoCodec === null ? [] : ['0:v:0']), ...(audioCodec === 'none' ? [] : ['0:a:0'])];

  test('is packaged and named by its codecs', async () => {
    await eventually(() => isPackaged(id));
    expect(await text(urlOf(id))).toContain(`CODECS="${codecs}"`);
  });

  test('has segments of 2 s that start together on all tracks', async () => {
    const tracks = await Promise.all((await playlistUrls(id)).map(durations));
    const sounds = audioCodec === 'none' ? 0 : 1;
    const pictures = videoCodec === null ? 0 : 2;
    expect(tracks).toHaveLength(pictures + sounds);
    expect(tracks.filter((track) => track.join() === '2,2,1')).toHaveLength(pictures);
    for (const track of tracks) {
      expect(track).toHaveLength(3);
      for (const duration of track.slice(0, 2)) expect(Math.abs(duration - 2)).toBeLessThan(FRAME_OF_SOUND);
    }
  });

  test('has a poster where it has pictures', async () => {
    const poster = () => fetch(urlOf(id).replace('index.m3u8', 'poster.jpg'));
    if (videoCodec === null) expect((await poster()).status).toBe(404);
    else await eventually(async () => (await poster()).ok);
  });

  test('decodes to its end without an error or a gap', () => isWhole(urlOf(id), streams));

  if (transport !== null) test('does so in MPEG-TS', () => isWhole(inTransport(id), streams));
  else
    test('is not to be had in MPEG-TS', async () => {
      expect((await fetch(inTransport(id))).status).toBe(404);
    });
});

async function isWhole(url: string, streams: readonly string[]): Promise<void> {
  expect(await decodeErrors(url)).toEqual([]);
  const list = await packets(url, SECONDS + 1, streams);
  expect(list.length).toBeGreaterThan(SECONDS * FRAME_RATE - 1);
  expect(breaks(list)).toEqual([]);
  expect(Math.abs(Number((await ffprobe(url)).format.duration) - SECONDS)).toBeLessThan(0.1);
}

describe.skipIf(chromiumPath === null)('hls.js in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  const perceive = async (url: string): Promise<Perceived> => {
    const { frames, soundBytes, error } = await watch(browser, url, WATCHED_SECONDS);
    return { seen: frames > WATCHED_SECONDS * FRAME_RATE * 0.8, heard: soundBytes > 0, error };
  };

  test.each(CASES)('makes of $id what is expected', async ({ id, browser: expected }) => {
    expect(await perceive(urlOf(id))).toEqual(expected);
  });

  const inTs = CASES.filter(({ transport }) => transport !== null);
  test.each(inTs)('makes of $id in MPEG-TS what is expected', async ({ id, transport }) => {
    expect(await perceive(inTransport(id))).toEqual(transport ?? BOTH);
  });
});
