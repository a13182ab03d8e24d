import type { Page } from 'playwright-core';
import { CLOCK_BIT_PIXELS, CLOCK_BITS } from '../../origin/transcode/clock.ts';

/** A picture that was looked at. */
export type Sample = {
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
  /** From the clock in the picture to the wall clock, in milliseconds. */
  readonly behindMs: number;
  /** Speed of the playback, 1 being that of life. */
  readonly rate: number;
};

/** A time in which the picture stood, though nobody had paused it. */
export type Stall = { readonly atMs: number; readonly lastedMs: number };

/** What was seen on the glass of a page's video. */
export type Seen = {
  readonly samples: readonly Sample[];
  /** Since the first picture. */
  readonly stalls: readonly Stall[];
  /** Jumps since the first picture, after each of which some of the programme is missing or seen again. */
  readonly jumps: number;
  readonly frames: number;
  readonly dropped: number;
};

type Clock = { readonly bits: number; readonly pixels: number; readonly everyMs: number };

/** What the page collects. */
type Glass = {
  readonly samples: Sample[];
  readonly stalls: Stall[];
  stalledAtMs: number | null;
  jumps: number;
};

declare global {
  interface Window {
    glass: Glass;
  }
}

/** A picture is read this often: reading each would cost what is needed for showing them. */
const SAMPLE_EVERY_MS = 250;

/** A picture that stands for so long is a stall, whatever the player says: five pictures of 25 a second. */
const FROZEN_MS = 200;

/** Starts to watch the video of a page. Resolves when its first picture has been shown; rejects after a minute. */
export async function watchGlass(page: Page): Promise<void> {
  await page.waitForFunction(
    () => (document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 0,
    null,
    { timeout: 60_000 },
  );
  await page.evaluate(watchStalls, FROZEN_MS);
  await page.evaluate(watchClock, {
    bits: CLOCK_BITS,
    pixels: CLOCK_BIT_PIXELS,
    everyMs: SAMPLE_EVERY_MS,
  });
}

/** What was seen until now. */
export const seen = (page: Page): Promise<Seen> => page.evaluate(tell);

/** Runs in the page: notes when the video waits, or stands still. */
function watchStalls(frozenMs: number): void {
  const video = document.querySelector('video') ?? document.createElement('video');
  const glass: Glass = { samples: [], stalls: [], stalledAtMs: null, jumps: 0 };
  window.glass = glass;
  let position = video.currentTime;
  let movedAtMs = Date.now();
  const stall = (atMs: number) => {
    glass.stalledAtMs ??= atMs;
  };
  const go = () => {
    if (glass.stalledAtMs === null) return;
    glass.stalls.push({ atMs: glass.stalledAtMs, lastedMs: Date.now() - glass.stalledAtMs });
    glass.stalledAtMs = null;
  };
  video.addEventListener('waiting', () => video.seeking || stall(Date.now()));
  video.addEventListener('seeking', () => {
    glass.jumps += 1;
  });
  setInterval(() => {
    const moves = video.currentTime !== position;
    position = video.currentTime;
    if (moves || video.paused || video.seeking) movedAtMs = Date.now();
    if (moves) go();
    else if (Date.now() - movedAtMs >= frozenMs) stall(movedAtMs);
  }, frozenMs / 4);
}

/** Runs in the page: reads the clock off pictures as they are shown (origin/transcode/clock.ts). */
function watchClock({ bits, pixels, everyMs }: Clock): void {
  const video = document.querySelector('video') ?? document.createElement('video');
  const canvas = document.createElement('canvas');
  canvas.width = bits * pixels;
  canvas.height = pixels;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let lastMs = 0;
  const look = () => {
    video.requestVideoFrameCallback(look);
    const atMs = Date.now();
    if (context === null || atMs - lastMs < everyMs) return;
    lastMs = atMs;
    context.drawImage(video, 0, 0, canvas.width, pixels, 0, 0, canvas.width, pixels);
    const middle = Math.floor(pixels / 2);
    const { data } = context.getImageData(0, middle, canvas.width, 1);
    let clock = 0;
    for (let bit = 0; bit < bits; bit++)
      clock = clock * 2 + ((data[(bit * pixels + middle) * 4] ?? 0) > 127 ? 1 : 0);
    const behindMs = (((atMs - clock) % 2 ** bits) + 2 ** bits) % 2 ** bits;
    window.glass.samples.push({ atMs, behindMs, rate: video.playbackRate });
  };
  video.requestVideoFrameCallback(look);
}

/** Runs in the page. A stall that is not over counts as well. */
function tell(): Seen {
  const { samples, stalls, stalledAtMs, jumps } = window.glass;
  const video = document.querySelector('video') ?? document.createElement('video');
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  const open = stalledAtMs === null ? [] : [{ atMs: stalledAtMs, lastedMs: Date.now() - stalledAtMs }];
  return {
    samples,
    stalls: [...stalls, ...open],
    jumps,
    frames: totalVideoFrames,
    dropped: droppedVideoFrames,
  };
}
