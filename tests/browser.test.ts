import { afterAll, beforeAll, expect, test } from 'bun:test';
import { dirname } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { remove } from '../runtime/files.ts';
import { find } from '../runtime/process.ts';
import { openSecrets } from '../runtime/secrets.ts';
import { becomes, type Cluster, startCluster } from './cluster.ts';
import { makeFilm } from './film.ts';

const executablePath = find('chromium') ?? find('chromium-browser') ?? find('google-chrome');
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--autoplay-policy=no-user-gesture-required',
];

let cluster: Cluster;
let film: string;
let browser: Browser;

beforeAll(async () => {
  if (executablePath === null) return;
  film = await makeFilm(20);
  cluster = await startCluster({ film });
  await becomes(cluster, 'bbb', 'ready');
  await becomes(cluster, 'demo-live', 'live');
  browser = await chromium.launch({ executablePath, args: FLAGS });
});

afterAll(async () => {
  if (executablePath === null) return;
  await browser.close();
  await cluster.stop();
  await cluster.remove();
  await remove(dirname(film));
});

type Progress = { readonly time: number; readonly frames: number };

/** Opens a page and collects what its console complains of. */
async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(cluster.url + path);
  return { page, complaints };
}

const progress = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector('video');
    return { time: video?.currentTime ?? 0, frames: video?.getVideoPlaybackQuality().totalVideoFrames ?? 0 };
  });

/** Waits until a page has played `seconds` more and decoded pictures for it. */
async function plays(page: Page, seconds: number): Promise<Progress> {
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0, null, {
    timeout: 60_000,
  });
  const start = await progress(page);
  await page.waitForFunction(
    (until) => (document.querySelector('video')?.currentTime ?? 0) >= until,
    start.time + seconds,
    { timeout: 60_000 },
  );
  const end = await progress(page);
  return { time: end.time - start.time, frames: end.frames - start.frames };
}

test.skipIf(executablePath === null)('the library lists both, and a click plays the film', async () => {
  const { page, complaints } = await open('/');
  await page.waitForSelector('[data-presentation="demo-live"]');
  await page.click('[data-presentation="bbb"]');
  const { frames } = await plays(page, 5);
  expect(frames).toBeGreaterThan(60);
  expect(complaints).toEqual([]);
  await page.close();
});

test.skipIf(executablePath === null)('a link to the live channel plays it', async () => {
  const { page, complaints } = await open('/?watch=demo-live');
  const { frames } = await plays(page, 6);
  expect(frames).toBeGreaterThan(72);
  expect(complaints).toEqual([]);
  await page.close();
});

/** Seconds between what is shown and the end of what may be sought. */
const behind = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector('video');
    return video === null || video.seekable.length === 0 ? 0 : video.seekable.end(0) - video.currentTime;
  });

test.skipIf(executablePath === null)(
  'the seek bar of the live channel leads back in its window, and the LIVE button to its end',
  async () => {
    const { page, complaints } = await open('/?watch=demo-live');
    await plays(page, 2);
    await page.waitForFunction(() => (document.querySelector('video')?.seekable.end(0) ?? 0) > 25, null, {
      timeout: 60_000,
    });
    const box = (await page.locator('media-time-range').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.click(box.x + box.width * 0.3, box.y + box.height / 2);
    expect((await plays(page, 3)).frames).toBeGreaterThan(36);
    expect(await behind(page)).toBeGreaterThan(12);
    await page.mouse.move(box.x + 40, box.y - 80);
    await page.click('media-live-button');
    expect((await plays(page, 3)).frames).toBeGreaterThan(36);
    expect(await behind(page)).toBeLessThan(5);
    expect(complaints).toEqual([]);
    await page.close();
  },
  120_000,
);

test.skipIf(executablePath === null)('the portal shows both edges to whoever has the token', async () => {
  const { page, complaints } = await open('/admin');
  const { secrets } = await openSecrets(cluster.data);
  await page.fill('#token', secrets.adminToken);
  await page.press('#token', 'Enter');
  await page.waitForSelector('tr[data-edge="edge-1"]');
  await page.waitForSelector('tr[data-edge="edge-2"]');
  await page.waitForSelector('tr[data-presentation="demo-live"]');
  expect(complaints).toEqual([]);
  await page.close();
});
