import Hls, { type ErrorData, type HlsConfig } from 'hls.js';
import { bufferedMs, type Facts } from './facts.ts';
import { type Playback, type Source, startPlaying } from './playback.ts';
import { explain, nextStep, type Step, type Trouble } from './recovery.ts';
import { offer } from './renditions.ts';

/** hls.js tries twice; what then still fails is retried by `nextStep`, which may find another edge. */
const RETRY = { maxNumRetry: 1, retryDelayMs: 400, maxRetryDelayMs: 400 };

const policy = (maxTimeToFirstByteMs: number, maxLoadTimeMs: number) => ({
  default: { maxTimeToFirstByteMs, maxLoadTimeMs, timeoutRetry: RETRY, errorRetry: RETRY },
});

const CONFIG: Partial<HlsConfig> = {
  liveDurationInfinity: true,
  // A viewer who fell behind live catches up without noticing.
  maxLiveSyncPlaybackRate: 1.1,
  capLevelToPlayerSize: true,
  backBufferLength: 60,
  // The transmuxer has nothing to do for fragmented MP4, so a worker would only copy.
  enableWorker: false,
  manifestLoadPolicy: policy(8_000, 12_000),
  playlistLoadPolicy: policy(8_000, 12_000),
  fragLoadPolicy: policy(8_000, 30_000),
};

/** Plays with hls.js, and finds another way when an edge, the network or the decoder lets it down. */
export class Engine implements Playback {
  readonly #source: Source;
  #hls: Hls;
  #withdraw = () => {};
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Source) {
    this.#source = source;
    this.#hls = this.#open(-1);
  }

  facts(): Facts | null {
    const hls = this.#hls;
    const url = hls.levels[hls.loadLevel]?.details?.url;
    const level = hls.levels[hls.currentLevel];
    if (!url || !level) return null;
    const latencyMs = this.#source.live && hls.latency > 0 ? hls.latency * 1_000 : null;
    const { height, bitrate } = level;
    const bufferMs = bufferedMs(this.#source.video);
    return {
      edge: new URL(url).host,
      height,
      bitrate,
      bandwidth: hls.bandwidthEstimate,
      bufferMs,
      latencyMs,
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#withdraw();
    this.#hls.destroy();
  }

  #open(startPosition: number): Hls {
    const hls = new Hls({ ...CONFIG, startPosition });
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      this.#withdraw = offer(this.#source.video, hls);
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.#recovered());
    hls.on(Hls.Events.ERROR, (_, data) => this.#failed(data));
    hls.loadSource(this.#source.url);
    hls.attachMedia(this.#source.video);
    return hls;
  }

  #recovered(): void {
    this.#failures = 0;
    this.#source.onTrouble(null);
  }

  #failed(data: ErrorData): void {
    if (!data.fatal) return;
    const trouble = troubleOf(data);
    const step = nextStep(trouble, this.#failures, this.#hls.levels.length > 0, Math.random());
    this.#failures++;
    if (this.#failures > 1 || !canGoOn(this.#source.video)) this.#source.onTrouble(explain(trouble, step));
    this.#take(step);
  }

  #take(step: Step): void {
    clearTimeout(this.#timer);
    switch (step.kind) {
      case 'mend':
        this.#hls.recoverMediaError();
        return;
      case 'resume':
        this.#timer = setTimeout(() => this.#hls.startLoad(), step.afterMs);
        return;
      case 'reload':
        this.#timer = setTimeout(() => this.#reload(), step.afterMs);
        return;
      case 'stop':
        this.#hls.stopLoad();
    }
  }

  #reload(): void {
    const { video, live } = this.#source;
    const [position, playing] = [video.currentTime, !video.paused];
    this.close();
    this.#hls = this.#open(live ? -1 : position);
    if (playing) void startPlaying(video);
  }
}

const canGoOn = (video: HTMLVideoElement) => video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;

function troubleOf(data: ErrorData): Trouble {
  switch (data.type) {
    case Hls.ErrorTypes.NETWORK_ERROR:
      return { kind: 'network', status: data.response?.code || null };
    case Hls.ErrorTypes.MEDIA_ERROR:
      return { kind: 'media' };
    default:
      return { kind: 'other' };
  }
}
