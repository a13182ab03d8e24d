import type { MediaPlayerClass } from 'dashjs';
import type { Browser, Page } from 'playwright-core';
import { complaintsOf } from './player.ts';

/** What a player shows now. */
export type Shown = {
  /** Seconds, on the timeline of the manifest. */
  readonly time: number;
  /** Pictures decoded. */
  readonly frames: number;
  /** Bytes of sound decoded. */
  readonly soundBytes: number;
  /** Seconds behind live, as dash.js counts them; NaN for a film. */
  readonly latency: number;
  /** The period that is shown. */
  readonly period: string;
};

/** dash.js in a page of its own. */
export type DashPlayer = {
  readonly page: Page;
  /** Errors and warnings of the page's console, and what dash.js complains of. */
  readonly complaints: readonly string[];
  readonly shown: () => Promise<Shown>;
  /** Resolves when so many seconds more have been shown, counted from the first picture; rejects after a minute. */
  readonly plays: (seconds: number) => Promise<Shown>;
  readonly seek: (time: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The package exports its modules; the one file for pages lies beside them. */
const BUNDLE = new URL('../umd/dash.all.min.js', import.meta.resolve('dashjs'));
const PAGE = '<!doctype html><title>dash.js</title><video muted></video><script src="/dash.js"></script>';

declare global {
  interface Window {
    readonly dashjs: typeof import('dashjs');
    player: MediaPlayerClass;
  }
}

/** Opens a manifest in dash.js with its own defaults. */
export async function openDash(browser: Browser, url: string): Promise<DashPlayer> {
  const server = Bun.serve({
    port: 0,
    routes: {
      '/': new Response(PAGE, { headers: { 'Content-Type': 'text/html' } }),
      '/dash.js': new Response(Bun.file(BUNDLE)),
      '/favicon.ico': new Response(null, { status: 204 }),
    },
  });
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await page.goto(`http://localhost:${server.port}/`);
  await page.evaluate(start, url);
  const shown = () => page.evaluate(look);
  return {
    page,
    complaints,
    shown,
    async plays(seconds) {
      await page.waitForFunction(reached, Number.MIN_VALUE, { timeout: 60_000 });
      const { time } = await shown();
      await page.waitForFunction(reached, time + seconds, { timeout: 60_000 });
      return shown();
    },
    seek: (time) => page.evaluate((to) => window.player.seek(to), time),
    async close() {
      await page.close();
      await server.stop(true);
    },
  };
}

/** Runs in the page. */
function start(url: string): void {
  const video = document.querySelector('video') ?? document.createElement('video');
  const player = window.dashjs.MediaPlayer().create();
  player.on('error', (event) => reportError(new Error(JSON.stringify(event.error))));
  player.initialize(video, url, true);
  window.player = player;
}

/** Runs in the page. */
function look(): Shown {
  const video = document.querySelector('video') ?? document.createElement('video');
  const { webkitAudioDecodedByteCount } = video as { webkitAudioDecodedByteCount?: number };
  return {
    time: video.currentTime,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    soundBytes: webkitAudioDecodedByteCount ?? 0,
    latency: window.player.getCurrentLiveLatency(),
    period: window.player.getActiveStream()?.getId() ?? '',
  };
}

/** Runs in the page. */
function reached(time: number): boolean {
  const video = document.querySelector('video');
  return video !== null && video.currentTime >= time && video.getVideoPlaybackQuality().totalVideoFrames > 0;
}
