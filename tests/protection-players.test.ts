import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { run, start } from '../runtime/process.ts';
import { type Club, openClub, status } from './club.ts';
import { eventually } from './cluster.ts';
import { openDash } from './dash-player.ts';
import { openHls } from './hls-player.ts';
import { offer } from './offer.ts';
import { chromiumPath, launchChromium } from './player.ts';
import { RtspClient } from './rtsp-client.ts';

let cluster: Club;

beforeAll(async () => {
  cluster = await openClub({ HEADWATER_RTP_MULTICAST: '239.255.42.0/28' });
});

afterAll(() => cluster.stop());

const make = (id: string, asked: object = {}) => cluster.token(id, asked);

test.skipIf(chromiumPath === null)(
  'hls.js, dash.js and the viewer page play with a token; without one the page says so',
  async () => {
    const browser: Browser = await launchChromium();
    const { urls } = await make('club');
    const hls = await openHls(browser, urls.hls);
    expect((await hls.plays(3)).frames).toBeGreaterThan(40);
    expect((await hls.shown()).errors).toEqual([]);
    await hls.close();
    const dash = await openDash(browser, urls.dash);
    expect((await dash.plays(3)).frames).toBeGreaterThan(40);
    expect(dash.complaints).toEqual([]);
    await dash.close();
    const page = await browser.newPage();
    await page.goto(urls.page);
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 3, null, {
      timeout: 60_000,
    });
    await page.click('.delay input');
    await page.waitForFunction(
      () => {
        const video = document.querySelector('video');
        return video?.srcObject instanceof MediaStream && video.currentTime > 1;
      },
      null,
      { timeout: 60_000 },
    );
    await page.goto(`${cluster.url}/?watch=club`);
    await page.reload();
    await page.waitForSelector('text=To watch this takes a link with a token');
    expect(await page.locator('[data-presentation="club"] .badge.lock').isVisible()).toBe(true);
    await browser.close();
  },
  120_000,
);

test('over WebRTC nobody plays without a token', async () => {
  const { token } = await make('club');
  const { token: other } = await make('demo-live');
  const play = async (url: string, headers: Record<string, string> = {}) => {
    const body = offer({ direction: 'recvonly' });
    const asked = { method: 'POST', headers: { 'Content-Type': 'application/sdp', ...headers }, body };
    const response = await fetch(url, asked);
    await response.body?.cancel();
    return response.status;
  };
  const search = (own: string) => play(`${cluster.url}/play/club.whep${own}`);
  const bearer = (own: string) => play(`${cluster.originUrl}/whep/club`, { Authorization: `Bearer ${own}` });
  expect([await search(''), await search(`?token=${other}`), await bearer(other)]).toEqual([401, 403, 403]);
  // Let in, though what it offers is no connection.
  expect([await search(`?token=${token}`), await bearer(token)]).toEqual([422, 422]);
});

describe('over RTSP', () => {
  const args = (url: string) => ['-v', 'error', '-rtsp_transport', 'tcp', '-i', url, '-map', '0:v:0'];

  test('who has a token plays, with it as name and password or in the address', async () => {
    const { token, urls } = await make('club');
    const { host, pathname } = new URL(urls.rtsp);
    for (const url of [urls.rtsp, `rtsp://${host}${pathname}?token=${token}`]) {
      const { output } = await run('ffmpeg', [...args(url), '-t', '1', '-f', 'framecrc', '-']);
      expect(output.toString().match(/^0,/gm)?.length).toBeGreaterThan(20);
    }
  });

  test('nobody else does', async () => {
    const { host, pathname } = new URL((await make('club')).urls.rtsp);
    const expired = await make('club', { expiresIn: 1 });
    await eventually(async () => (await status(expired.urls.hls)) === 403, 5_000);
    const wrong = `rtsp://${host}${pathname}?token=${expired.token}`;
    for (const url of [
      `rtsp://${host}${pathname}`,
      `rtsp://a:b@${host}${pathname}`,
      wrong,
      expired.urls.rtsp,
    ]) {
      const { exit, errors } = await run('ffmpeg', [...args(url), '-t', '1', '-f', 'null', '-']);
      expect(exit).not.toEqual({ kind: 'status', status: 0 });
      expect(errors.join()).toMatch(/401 Unauthorized|403 Forbidden/);
    }
  });

  test('nothing goes out by multicast, which all may listen to', async () => {
    const { token, urls } = await make('club');
    const setUp = async (path: string) => {
      const client = await RtspClient.open(Number(new URL(urls.rtsp).port));
      const uri = urls.rtsp.replace(/\/\/.*@/, '//').replace('/club', path);
      const answer = await client.setUp(uri, 'RTP/AVP;multicast');
      client.socket.destroy();
      return answer?.status;
    };
    const paths = ['/demo-live?video=v240&audio=none', `/club?token=${token}&audio=none`];
    expect(await Promise.all(paths.map(setUp))).toEqual([200, 461]);
  });

  test('who plays is sent away when the token is revoked', async () => {
    const { id, urls } = await make('club');
    const player = await start({
      command: 'ffmpeg',
      args: [...args(urls.rtsp), '-f', 'framecrc', '-flush_packets', '1', '-'],
      onErrorLine: () => {},
    });
    const output = player.output[Symbol.asyncIterator]();
    expect((await output.next()).done).toBe(false);
    await cluster.api('DELETE', `/presentations/club/tokens/${id}`);
    for (let next = await output.next(); !next.done; next = await output.next());
    expect((await player.exited).kind).toBe('status');
  });
});
