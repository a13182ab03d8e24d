import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { eventually } from './cluster.ts';
import { chromiumPath, launchChromium } from './player.ts';
import { blankPage } from './publisher.ts';
import { until, view } from './viewer.ts';
import { AAC, H264, making, openStudio, type Studio } from './whep.ts';

const VP9 = [
  '-c:v',
  'libvpx-vp9',
  '-deadline',
  'realtime',
  '-cpu-used',
  '8',
  '-lag-in-frames',
  '0',
  '-g',
  '25',
];
const AV1 = ['-c:v', 'libsvtav1', '-preset', '12', '-g', '25', '-svtav1-params', 'pred-struct=1'];
const OPUS = ['-c:a', 'libopus'];
const MP3 = ['-c:a', 'libmp3lame'];

const isHere = chromiumPath !== null;

let browser: Browser;
let studio: Studio;
let page: Page;
let closePage: () => Promise<void>;

beforeAll(async () => {
  if (isHere) browser = await launchChromium();
});
afterAll(async () => {
  if (isHere) await browser.close();
});
beforeEach(async () => {
  if (!isHere) return;
  const opened = await blankPage(browser);
  page = opened.page;
  closePage = opened.close;
});
afterEach(async () => {
  if (!isHere) return;
  await page.close();
  await closePage();
  await studio.close();
});

/** Plays until pictures and sound have been decoded for a while. */
async function plays(coding: readonly string[], query = '') {
  studio = await openStudio(making(coding));
  const viewed = await view(page, `${studio.url}/whep/studio${query}`);
  expect([viewed.status, viewed.body.slice(0, 4)]).toEqual([201, 'v=0\r']);
  const now = await until(page, ({ frames, energy }) => frames > 60 && energy > 0.01);
  return { ...viewed, now };
}

const figure = (name: string) => studio.figure(`headwater_origin_whep_${name}`);

describe.skipIf(!isHere)('a browser', () => {
  test.each([
    ['H.264 and AAC', [...H264, ...AAC], 'video/H264', 1],
    ['H.264 and MP3', [...H264, ...MP3], 'video/H264', 1],
    ['VP9 and Opus', [...VP9, ...OPUS], 'video/VP9', 0],
    ['AV1 and Opus', [...AV1, ...OPUS], 'video/AV1', 0],
  ])('plays %s: the picture moves, and there is sound', async (_, coding, codec, sounds) => {
    const { now } = await plays(coding);
    expect(now).toMatchObject({ codec, width: 640, lost: 0 });
    expect(now.seconds).toBeGreaterThan(1);
    expect(await figure('sounds')).toBe(sounds);
    expect(await figure('peers')).toBe(1);
    expect(studio.wanted()).toBeGreaterThan(0);
  });

  test('leaves, and nothing is done for it any more', async () => {
    const { session } = await plays([...H264, ...AAC]);
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(200);
    expect(studio.stream.receivers).toBe(0);
    await eventually(async () => (await figure('sounds')) === 0);
    expect(await figure('peers')).toBe(0);
    const sent = await figure('packets_total');
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(404);
    expect(await figure('packets_total')).toBe(sent);
  });

  test('that is closed without a word is found out', async () => {
    await plays([...H264, ...AAC]);
    await page.close();
    await eventually(async () => (await figure('peers')) === 0);
    expect(studio.stream.receivers).toBe(0);
  });

  test('shares one encoder of sound with others', async () => {
    await plays([...H264, ...AAC]);
    const other = await blankPage(browser);
    await view(other.page, `${studio.url}/whep/studio`);
    await until(other.page, ({ frames, energy }) => frames > 30 && energy > 0.01);
    expect([await figure('peers'), await figure('sounds')]).toEqual([2, 1]);
    await other.page.close();
    await other.close();
  });

  test('goes on when the encoder starts anew', async () => {
    const { now } = await plays([...H264, ...AAC]);
    await studio.restart();
    const then = await until(
      page,
      ({ frames, energy }) => frames > now.frames + 60 && energy > now.energy + 0.01,
    );
    expect(then.lost).toBe(0);
  });

  test('is told when pictures are not shown in the order of decoding', async () => {
    const reordered = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '25'];
    studio = await openStudio(making([...reordered, ...AAC]));
    await eventually(async () => {
      const { status, body } = await view(page, `${studio.url}/whep/studio`);
      return status === 422 && body.includes('B-frames');
    });
    await eventually(async () => (await figure('peers')) === 0);
  });

  test('plays sound alone', async () => {
    studio = await openStudio(making([...H264, ...AAC]));
    const { status } = await view(page, `${studio.url}/whep/studio?video=none`);
    expect(status).toBe(201);
    await until(page, ({ energy }) => energy > 0.01);
  });
});
