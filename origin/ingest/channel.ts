import { toSeconds } from '../../media/time.ts';
import type { Segment } from '../../media/timeline.ts';
import { Epoch, epochAt, type TrackId } from '../../wire/ids.ts';
import type { State } from '../../wire/presentation.ts';
import type { Live } from '../../wire/programme.ts';
import type { Newest } from '../delivery/posters.ts';
import { type Announcer, openAnnouncer } from '../packaging/announcer.ts';
import { Describer } from '../packaging/describer.ts';
import { type EncodedTrack, type Opened, packageEpoch } from '../packaging/epoch.ts';
import { Retention } from '../packaging/retention.ts';
import { trackOf } from '../packaging/tracks.ts';
import { SEGMENT_SECONDS, type Station } from '../station.ts';
import { canWriteDigits } from '../transcode/clock.ts';
import { type Encoder, startEncoder } from '../transcode/encoder.ts';
import { plan } from '../transcode/ladder.ts';
import { probe, type Source } from '../transcode/probe.ts';

/** Waits between runs of an encoder that keeps failing: the first, and the longest. */
const RESTART_MS = 500;
const RESTART_MAX_MS = 15_000;

/** A run this long was a good one: the next failure starts again with the first wait. */
const GOOD_RUN_MS = 30_000;

/**
 * A channel that runs for as long as it is not stopped. Each run of its encoder is an epoch; when one ends the next
 * goes on under the same URL, behind a discontinuity.
 */
export class Channel {
  readonly #live: Live;
  readonly #station: Station;
  readonly #describer: Describer;
  readonly #retention: Retention;
  readonly #announcers = new Map<TrackId, Announcer>();
  #encoder: Encoder | null = null;
  #isStopped = false;
  #stopWaiting: () => void = () => {};

  constructor(live: Live, station: Station) {
    const { id, title, windowMs } = live;
    this.#live = live;
    this.#station = station;
    this.#retention = new Retention(id, windowMs, station);
    const first = {
      id,
      title,
      kind: 'live',
      state: { name: 'offline', since: station.clock.now(), reason: 'starting' },
      targetDurationMs: SEGMENT_SECONDS * 1000,
      windowMs,
      durationMs: null,
      poster: false,
      tracks: [],
    } as const;
    this.#describer = new Describer(station.bucket, { ...first, tracks: [] }, station.log);
  }

  /** Runs epoch after epoch; resolves after `stop`. */
  async run(): Promise<void> {
    const { clock } = this.#station;
    for (let waitMs = RESTART_MS; !this.#isStopped; waitMs = Math.min(RESTART_MAX_MS, waitMs * 2)) {
      const startedAt = clock.now();
      const reason = await this.#runEpoch().catch((error: Error) => error.message);
      if (this.#isStopped) break;
      this.#goOffline(reason);
      if (clock.now() - startedAt > GOOD_RUN_MS) waitMs = RESTART_MS;
      await this.#wait(waitMs);
    }
    this.#setState({ name: 'offline', since: clock.now(), reason: 'the origin was stopped' });
    await this.#describer.settled();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopWaiting();
    await this.#encoder?.stop();
  }

  /** The newest picture, or null when there is none yet. */
  newest(): Newest | null {
    const video = this.#describer.presentation.tracks.find(({ media }) => media.kind === 'video');
    const last = video && this.#announcers.get(video.id)?.timeline.last;
    if (!video || !last) return null;
    const at = { presentation: this.#live.id, track: video.id, epoch: Epoch.parse(last.epoch) };
    return { init: { kind: 'init', ...at }, segment: { kind: 'segment', number: last.number, ...at } };
  }

  /** Gives the reason why it ended. */
  async #runEpoch(): Promise<string> {
    const { id, loop, clock: hasClock, ladder } = this.#live;
    const { storage, clock, log } = this.#station;
    const source = await probe(loop);
    const renditions = plan(source, ladder, this.#live);
    const startMs = clock.now();
    const burnt = hasClock ? { startMs, digits: await canWriteDigits() } : null;
    const reading = { kind: 'loop', clock: burnt } as const;
    const encoder = await startEncoder({
      file: loop,
      source,
      renditions,
      reading,
      segmentSeconds: SEGMENT_SECONDS,
    });
    this.#encoder = encoder;
    if (this.#isStopped) await encoder.stop();
    const epoch = epochAt(startMs);
    log.info({ presentation: id, epoch }, `${id}: epoch ${epoch} starts`);
    await packageEpoch(encoder.output, {
      presentation: id,
      epoch,
      trackIds: renditions.map((rendition) => rendition.id),
      segmentSeconds: SEGMENT_SECONDS,
      storage,
      now: clock.now,
      open: (tracks) => this.#open(tracks, source),
      onProgress: () => this.#goLive(),
    }).catch(async (error) => {
      await encoder.stop();
      throw error;
    });
    const ending = await encoder.ending;
    return ending.kind === 'broken' ? ending.reason : 'the source ended';
  }

  async #open(tracks: readonly EncodedTrack[], source: Source): Promise<Opened> {
    const announcers = await Promise.all(tracks.map((track) => this.#announcerOf(track)));
    this.#describer.update({
      tracks: tracks.map((track) => trackOf(track, source)),
      poster: source.video !== null,
    });
    const lasts = announcers.flatMap(({ timeline }) => {
      const { last, timescale } = timeline;
      return last === null ? [] : [{ last, endSeconds: toSeconds(last.time + last.duration, timescale) }];
    });
    return {
      announcers,
      discontinuity: Math.max(-1, ...lasts.map(({ last }) => last.discontinuity)) + 1,
      startSeconds: resumeAt(lasts, this.#station.clock.now()),
      onGone: (track, segments) => this.#retention.gone(track, segments),
    };
  }

  async #announcerOf({ id, timescale }: EncodedTrack): Promise<Announcer> {
    const known = this.#announcers.get(id);
    if (known !== undefined && known.timeline.timescale === timescale) return known;
    const { bus, log } = this.#station;
    const shape = { timescale, windowMs: this.#live.windowMs };
    const announcer = await openAnnouncer(bus, { presentation: this.#live.id, track: id }, shape, log);
    this.#announcers.set(id, announcer);
    return announcer;
  }

  #goLive(): void {
    if (this.#describer.presentation.state.name === 'live') return;
    this.#setState({ name: 'live', since: this.#station.clock.now() });
  }

  /** A reason that repeats itself is said once. */
  #goOffline(reason: string): void {
    const { state } = this.#describer.presentation;
    if (state.name === 'offline' && state.reason === reason) return;
    this.#station.log.warn({ presentation: this.#live.id }, `${this.#live.id} is offline: ${reason}`);
    this.#setState({ name: 'offline', since: this.#station.clock.now(), reason });
  }

  #setState(state: State): void {
    this.#describer.update({ state });
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stopWaiting = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }
}

type Last = { readonly last: Segment; readonly endSeconds: number };

/**
 * Where a new epoch starts: where the last one ended, and as much later as it has been away. It is a whole millisecond,
 * as wall-clock times are, so that all segments of the epoch tell the same distance between the two.
 */
function resumeAt(lasts: readonly Last[], nowMs: number): number {
  const ends = lasts.map(
    ({ last, endSeconds }) => endSeconds + Math.max(0, (nowMs - last.wallClockMs) / 1000),
  );
  return Math.ceil(Math.max(0, ...ends) * 1000) / 1000;
}
