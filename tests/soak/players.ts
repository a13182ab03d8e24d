import type { Page } from 'playwright-core';
import { openDash } from '../dash-player.ts';
import { complaintsOf, launchChromium } from '../player.ts';
import { atLeast, atMost, type Figure, spread, told } from './figures.ts';
import { type Seen, seen, watchGlass } from './glass.ts';
import { type Result, type Run, STEADY } from './run.ts';

/** hls.js, on our own page. */
export async function watchHls(run: Run): Promise<Result> {
  const browser = await launchChromium();
  run.defer('the browser of hls.js', () => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const complaints = complaintsOf(page);
  await page.goto(`${run.coordinatorUrl}/?watch=${STEADY}`);
  return watch('hls.js', page, complaints, hlsAskedMs(run.chunkMs), run);
}

/** dash.js, with its own defaults. */
export async function watchDash(run: Run): Promise<Result> {
  const browser = await launchChromium();
  run.defer('the browser of dash.js', () => browser.close());
  const { page, complaints } = await openDash(browser, `${run.coordinatorUrl}/play/${STEADY}.mpd`);
  return watch('dash.js', page, complaints, DASH_ASKED_MS, run);
}

/** Between glass and glass: 2.0 s with chunks of 0.5 s, 1.2 s with chunks of 0.2 s, and on a line through both. */
const hlsAskedMs = (chunkMs: number) => 1_200 + ((chunkMs - 200) * (2_000 - 1_200)) / (500 - 200);

const DASH_ASKED_MS = 2_000;

async function watch(
  player: string,
  page: Page,
  complaints: readonly string[],
  askedMs: number,
  { seconds }: Run,
): Promise<Result> {
  await watchGlass(page);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const what = await seen(page);
  return { figures: figuresOf(player, what, complaints, askedMs, seconds), details: { ...what, complaints } };
}

/** The clock is read four times a second; a machine that is busy does so three times. */
const SAMPLES_PER_SECOND = 3;

function figuresOf(
  player: string,
  { samples, stalls, jumps, frames, dropped }: Seen,
  complaints: readonly string[],
  askedMs: number,
  seconds: number,
): readonly Figure[] {
  const behind = spread(samples.map(({ behindMs }) => behindMs));
  const worst = Math.max(0, ...stalls.map(({ lastedMs }) => lastedMs));
  const count = (what: string, value: number, asked: Figure['asked']): Figure => ({
    what: `${player}: ${what}`,
    value,
    unit: '',
    asked,
  });
  return [
    { ...count('glass to glass, median', behind.p50, told), unit: 'ms' },
    { ...count('glass to glass, 95 % of the pictures', behind.p95, atMost(askedMs)), unit: 'ms' },
    { ...count('glass to glass, longest', behind.max, told), unit: 'ms' },
    count('pictures whose clock was read', samples.length, atLeast(SAMPLES_PER_SECOND * seconds)),
    count('stalls', stalls.length, atMost(0)),
    { ...count('longest stall', worst, told), unit: 'ms' },
    count('jumps', jumps, told),
    count('pictures shown', frames - dropped, told),
    count('pictures dropped', dropped, told),
    count('complaints in the console', complaints.length, atMost(0)),
  ];
}
