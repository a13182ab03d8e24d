import Hls, { type ErrorData, type HlsConfig } from 'hls.js';
import { goingOn } from './access.ts';
import { bufferedMs, type Facts } from './facts.ts';
import { Margin } from './margin.ts';
import { type Lag, leapOf, paceOf } from './pace.ts';
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
  // `paceOf` decides on the speed, and `Margin` on what follows from a stall.
  maxLiveSyncPlaybackRate: 1,
  liveSyncOnStallIncrease: 0,
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
  readonly #margin = new Margin();
  readonly #keepPace = () => this.#setPace();
  /** The coordinator's address of this session. */
  #url: string;
  #hls: Hls;
  #hasLeapt = false;
  #withdraw = () => {};
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Source) {
    this.#source = source;
    this.#url = source.url;
    this.#hls = this.#open(-1);
    if (source.live) source.video.addEventListener('timeupdate', this.#keepPace);
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
    this.#source.video.removeEventListener('timeupdate', this.#keepPace);
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#withdraw();
    this.#hls.destroy();
  }

  /** Told with each quarter of a second that is played. */
  #setPace(): void {
    const { video } = this.#source;
    const lag = this.#lag();
    if (lag === null || video.paused || video.seeking) return;
    const leapMs = this.#hasLeapt || playedSeconds(video) > BEGUN_SECONDS ? 0 : leapOf(lag);
    if (leapMs > 0) video.currentTime += leapMs / 1_000;
    this.#hasLeapt ||= leapMs > 0;
    const pace = paceOf(lag);
    if (video.playbackRate !== pace) video.playbackRate = pace;
  }

  #lag(): Lag | null {
    const { latestLevelDetails: details, latency, targetLatency } = this.#hls;
    if (details === null || targetLatency === null) return null;
    return {
      latencyMs: latency * 1_000,
      targetMs: targetLatency * 1_000 + this.#margin.ms(Date.now()),
      bufferMs: bufferedMs(this.#source.video),
      chunkMs: (details.partTarget || details.targetduration) * 1_000,
    };
  }

  #open(startPosition: number): Hls {
    this.#hasLeapt = false;
    const hls = new Hls({ ...CONFIG, startPosition });
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      this.#withdraw = offer(this.#source.video, hls);
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.#recovered());
    hls.on(Hls.Events.ERROR, (_, data) => this.#failed(data));
    hls.loadSource(this.#url);
    hls.attachMedia(this.#source.video);
    return hls;
  }

  #recovered(): void {
    this.#failures = 0;
    this.#source.onTrouble(null);
  }

  #failed(data: ErrorData): void {
    if (data.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR) this.#margin.stalled(Date.now());
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
    this.#url = goingOn(this.#source.url, this.#hls.levels[this.#hls.loadLevel]?.details?.url ?? this.#url);
    this.#end();
    this.#hls = this.#open(live ? -1 : position);
    if (playing) void startPlaying(video);
  }
}

const canGoOn = (video: HTMLVideoElement) => video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;

/** In the first seconds a leap is part of the beginning. */
const BEGUN_SECONDS = 3;

const playedSeconds = ({ played }: HTMLVideoElement) =>
  Array.from({ length: played.length }, (_, range) => played.end(range) - played.start(range)).reduce(
    (sum, seconds) => sum + seconds,
    0,
  );

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
