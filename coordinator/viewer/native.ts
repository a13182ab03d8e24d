import { bufferedMs, type Facts } from './facts.ts';
import { type Playback, type Source, startPlaying } from './playback.ts';
import { explain, nextStep, type Trouble } from './recovery.ts';

/** Plays with the browser's own HLS, which Safari has, and starts anew when it gives up. */
export class Native implements Playback {
  readonly #source: Source;
  readonly #listeners = new AbortController();
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Source) {
    this.#source = source;
    const { signal } = this.#listeners;
    source.video.addEventListener('error', () => this.#failed(), { signal });
    source.video.addEventListener('playing', () => this.#recovered(), { signal });
    source.video.src = source.url;
  }

  /** The browser does not say which edge it plays from, nor how fast. */
  facts(): Facts | null {
    const { video } = this.#source;
    const height = video.videoHeight;
    if (height === 0) return null;
    return {
      edge: null,
      height,
      bitrate: null,
      bandwidth: null,
      bufferMs: bufferedMs(video),
      latencyMs: null,
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.abort();
    this.#source.video.removeAttribute('src');
    this.#source.video.load();
  }

  #recovered(): void {
    this.#failures = 0;
    this.#source.onTrouble(null);
  }

  #failed(): void {
    const decodes = this.#source.video.error?.code !== MediaError.MEDIA_ERR_DECODE;
    const trouble: Trouble = decodes ? { kind: 'network', status: null } : { kind: 'media' };
    const step = nextStep(trouble, this.#failures++, false, Math.random());
    this.#source.onTrouble(explain(trouble, step));
    if (step.kind !== 'stop')
      this.#timer = setTimeout(() => this.#reload(), 'afterMs' in step ? step.afterMs : 0);
  }

  #reload(): void {
    const { video, url, live } = this.#source;
    const position = video.currentTime;
    video.src = url;
    if (!live) video.addEventListener('loadedmetadata', () => (video.currentTime = position), { once: true });
    void startPlaying(video);
  }
}
