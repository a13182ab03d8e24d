import { afterAll, beforeAll, expect, test } from 'bun:test';
import { dirname } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { remove } from '../runtime/files.ts';
import { becomes, type Cluster, eventually, metric, startCluster } from './cluster.ts';
import { makeFilm } from './film.ts';
import { chromiumPath, complaintsOf, launchChromium } from './player.ts';

const isHere = chromiumPath !== null;

let cluster: Cluster;
let film: string;
let browser: Browser;

beforeAll(async () => {
  if (!isHere) return;
  film = await makeFilm(20);
  cluster = await startCluster({ film });
  await becomes(cluster, 'demo-live', 'live');
  browser = await launchChromium();
});
afterAll(async () => {
  if (!isHere) return;
  await browser.close();
  await cluster.stop();
  await cluster.remove();
  await remove(dirname(film));
});

const watching = async (script: (() => void) | null = null): Promise<Page> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  if (script !== null) await page.addInitScript(script);
  await page.goto(`${cluster.url}/?watch=demo-live`);
  await page.waitForSelector('.delay:not([hidden])');
  return page;
};

const isOverWebrtc = (page: Page) =>
  page.waitForFunction(
    () => {
      const video = document.querySelector('video');
      return video?.srcObject && video.videoWidth > 0 && video.currentTime > 2;
    },
    null,
    { timeout: 60_000 },
  );

const isOverHls = (page: Page) =>
  page.waitForFunction(
    () => {
      const video = document.querySelector('video');
      return video && !video.srcObject && video.currentTime > 1 && video.buffered.length > 0;
    },
    null,
    { timeout: 60_000 },
  );

const peers = () => metric(cluster.originUrl, 'headwater_origin_whep_peers');

test.skipIf(!isHere)('a live channel is watched with the lowest delay, and as usual again', async () => {
  const page = await watching();
  const complaints = complaintsOf(page);
  await isOverHls(page);
  await page.click('.switch');
  await isOverWebrtc(page);
  expect(await peers()).toBe(1);
  await page.waitForFunction(() => document.querySelector('.facts')?.textContent?.includes('Buffer'));
  await page.click('.switch');
  await isOverHls(page);
  await eventually(async () => (await peers()) === 0);
  expect(complaints).toEqual([]);
  await page.close();
});

test.skipIf(!isHere)('who leaves the page leaves the channel', async () => {
  const page = await watching();
  await page.click('.switch');
  await isOverWebrtc(page);
  await page.goto('about:blank');
  await eventually(async () => (await peers()) === 0, 5_000);
  await page.close();
});

test.skipIf(!isHere)('where no UDP comes through it is played as usual, and said why', async () => {
  const page = await watching(() => {
    const Own = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Own {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: 'relay' });
      }
    };
  });
  await page.click('.switch');
  await page.waitForSelector('.delay-note.failed', { timeout: 30_000 });
  expect(await page.textContent('.delay-note')).toMatch(/UDP.*You are a few seconds behind instead/);
  expect(await page.isChecked('.switch input')).toBe(false);
  await isOverHls(page);
  expect(await peers()).toBe(0);
  await page.close();
});

test.skipIf(!isHere)('a film has no lower delay', async () => {
  const page = await browser.newPage();
  await page.goto(`${cluster.url}/?watch=bbb`);
  await page.waitForFunction(() => document.querySelector('.about-title')?.textContent !== 'Opening…');
  expect(await page.isVisible('.delay')).toBe(false);
  await page.close();
});
