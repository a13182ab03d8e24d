import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { type Channels, startChannels } from './channels.ts';
import { chromiumPath, watch } from './player.ts';
import { launchWithCamera } from './publisher.ts';

const isHere = chromiumPath !== null;

let cluster: Channels;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  if (!isHere) return;
  cluster = await startChannels();
  browser = await launchWithCamera();
});
afterAll(async () => {
  if (!isHere) return;
  await browser.close();
  await cluster.stop();
});
beforeEach(async () => {
  if (!isHere) return;
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterEach(async () => {
  if (isHere) await page.close();
});

const badge = (text: string | RegExp) => page.locator('.badge').filter({ hasText: text }).waitFor();

describe.skipIf(!isHere)('the page that goes live', () => {
  test('publishes the camera, which others watch, and stops', async () => {
    const { key } = await cluster.make('studio');
    const startedMs = performance.now();
    await page.goto(`${cluster.url}/go-live?channel=studio#key=${key}`);
    expect(page.url()).toBe(`${cluster.url}/go-live?channel=studio`);
    await page.click('.start');
    await badge(/^Live for/);
    await cluster.becomes('studio', 'live');
    expect(performance.now() - startedMs).toBeLessThan(15_000);

    const watched = await watch(browser, cluster.playUrl('studio'), 4);
    expect(watched.error).toBeNull();
    expect(watched.frames).toBeGreaterThan(20);
    expect(watched.soundBytes).toBeGreaterThan(0);

    await page.locator('.facts dt').filter({ hasText: 'Bit rate' }).waitFor();
    expect(await page.locator('.facts').textContent()).toMatch(/1280×720/);
    await page.click('.stop');
    await badge('Not on the air');
    await cluster.becomes('studio', 'offline');
    expect(complaints).toEqual([]);
    expect(cluster.output()).not.toContain(key);
  });

  test('says that a key is wrong, and keeps the right one for this tab', async () => {
    const { key } = await cluster.make('other');
    await page.goto(`${cluster.url}/go-live?channel=other`);
    await page.fill('#key', 'not-the-key');
    await page.click('.start');
    await page.locator('.complaint').filter({ hasText: 'key was not accepted' }).waitFor();
    await page.fill('#key', key);
    await page.click('.start');
    await badge(/^Live for/);
    await page.reload();
    expect(await page.inputValue('#key')).toBe(key);
    await cluster.becomes('other', 'offline');
  });

  test('goes on when the origin sends it away for a moment', async () => {
    const { key } = await cluster.make('third');
    await page.goto(`${cluster.url}/go-live?channel=third#key=${key}`);
    await page.click('.start');
    await badge(/^Live for/);
    await cluster.becomes('third', 'live');
    await cluster.api('POST', '/channels/third/stop');
    await badge('Connecting again');
    await cluster.api('POST', '/channels/third/start');
    await badge(/^Live for/);
    await cluster.becomes('third', 'live');
  });
});
