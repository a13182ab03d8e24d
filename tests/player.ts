import { type Browser, chromium, type Page } from 'playwright-core';
import { find } from '../runtime/process.ts';

/** Chromium, where the system has one. */
export const chromiumPath = find('chromium') ?? find('chromium-browser') ?? find('google-chrome');

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--autoplay-policy=no-user-gesture-required',
];

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath ?? '', args: FLAGS });

/** Errors and warnings of a page, from now on: of its console, its scripts and its requests. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // Players give up requests themselves when they switch renditions.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${reason}`);
  });
  return complaints;
}

/** What hls.js made of a presentation in its first seconds. */
export type Watched = {
  /** Seconds played. */
  readonly time: number;
  /** Pictures decoded. */
  readonly frames: number;
  /** Bytes of sound decoded. */
  readonly soundBytes: number;
  /** Why it gave up, in its words. */
  readonly error: string | null;
};

/** Plays `seconds` in a page with nothing but hls.js, or until it gives up. */
export async function watch(browser: Browser, url: string, seconds: number): Promise<Watched> {
  const page = await browser.newPage();
  try {
    await page.setContent('<video autoplay></video>');
    await page.addScriptTag({ path: Bun.resolveSync('hls.js/dist/hls.min.js', import.meta.dir) });
    return await page.evaluate(play, { url, seconds });
  } finally {
    await page.close();
  }
}

/** Runs in the page. */
async function play({ url, seconds }: { url: string; seconds: number }): Promise<Watched> {
  const { Hls } = window as unknown as { Hls: typeof import('hls.js').default };
  const video = document.querySelector('video') ?? document.createElement('video');
  const hls = new Hls();
  const error = await new Promise<string | null>((resolve) => {
    hls.on(Hls.Events.ERROR, (_, data) => {
      if (data.fatal) resolve(data.details);
    });
    video.addEventListener('timeupdate', () => {
      if (video.currentTime > seconds) resolve(null);
    });
    hls.attachMedia(video);
    hls.loadSource(url);
    video.play().catch(() => {});
  });
  const { webkitAudioDecodedByteCount } = video as { webkitAudioDecodedByteCount?: number };
  const frames = video.getVideoPlaybackQuality().totalVideoFrames;
  return { time: video.currentTime, frames, soundBytes: webkitAudioDecodedByteCount ?? 0, error };
}
