import type Hls from 'hls.js';
import type { Browser, Page } from 'playwright-core';

/** What a player shows now. */
export type Shown = {
  /** Seconds, on the timeline of the page. */
  readonly time: number;
  /** Pictures decoded. */
  readonly frames: number;
  /** Seconds behind live, as hls.js counts them. */
  readonly latency: number;
  /** What hls.js complains of, in its words. */
  readonly errors: readonly string[];
};

/** hls.js in a page of its own, with its own defaults. */
export type HlsPlayer = {
  readonly page: Page;
  readonly shown: () => Promise<Shown>;
  /** Resolves when so many seconds more have been shown, from where it is now; rejects after a minute. */
  readonly plays: (seconds: number) => Promise<Shown>;
  readonly seek: (time: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

type Scope = { hls: Hls; readonly Hls: typeof Hls; readonly errors: string[] };

/** Opens a playlist. */
export async function openHls(browser: Browser, url: string): Promise<HlsPlayer> {
  const page = await browser.newPage();
  await page.setContent('<video autoplay muted></video>');
  await page.addScriptTag({ path: Bun.resolveSync('hls.js/dist/hls.min.js', import.meta.dir) });
  await page.evaluate(start, url);
  await page.waitForFunction(reached, Number.MIN_VALUE, { timeout: 60_000 });
  const shown = () => page.evaluate(look);
  return {
    page,
    shown,
    async plays(seconds) {
      const { time } = await shown();
      await page.waitForFunction(reached, time + seconds, { timeout: 60_000 });
      return shown();
    },
    seek: (time) =>
      page.evaluate((to) => {
        const video = document.querySelector('video');
        if (video !== null) video.currentTime = to;
      }, time),
    close: () => page.close(),
  };
}

/** Runs in the page. */
function start(url: string): void {
  const scope = window as unknown as Scope;
  const video = document.querySelector('video') ?? document.createElement('video');
  const { Hls } = scope;
  const errors: string[] = [];
  const hls = new Hls();
  Object.assign(scope, { hls, errors });
  hls.on(Hls.Events.ERROR, (_, { details }) => errors.push(details));
  hls.attachMedia(video);
  hls.loadSource(url);
}

/** Runs in the page. */
function look(): Shown {
  const { hls, errors } = window as unknown as Scope;
  const video = document.querySelector('video') ?? document.createElement('video');
  const frames = video.getVideoPlaybackQuality().totalVideoFrames;
  return { time: video.currentTime, frames, latency: hls.latency, errors };
}

/** Runs in the page. */
function reached(time: number): boolean {
  const video = document.querySelector('video');
  return video !== null && video.currentTime >= time && video.getVideoPlaybackQuality().totalVideoFrames > 0;
}
