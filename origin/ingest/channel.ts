import { toSeconds } from '../../media/time.ts';
import type { Segment } from '../../media/timeline.ts';
import { Epoch, epochAt, type PresentationId, type TrackId } from '../../wire/ids.ts';
import { read } from '../../wire/message.ts';
import type { ChunkPath, SegmentPath } from '../../wire/paths.ts';
import { Presentation, type State } from '../../wire/presentation.ts';
import type { Live } from '../../wire/programme.ts';
import { pushSubject } from '../../wire/subjects.ts';
import type { Newest } from '../delivery/posters.ts';
import { type Announcer, openAnnouncer } from '../packaging/announcer.ts';
import { Describer } from '../packaging/describer.ts';
import type { EncodedTrack } from '../packaging/encoded-track.ts';
import { type Opened, packageEpoch } from '../packaging/epoch.ts';
import { demux } from '../packaging/feed.ts';
import { Retention } from '../packaging/retention.ts';
import { keyOf, type Storage } from '../packaging/storage.ts';
import { trackOf } from '../packaging/tracks.ts';
import type { Station } from '../station.ts';
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

  private constructor(live: Live, station: Station, before: Presentation | null) {
    const { id, title, windowMs, segmentMs, chunkMs } = live;
    this.#live = live;
    this.#station = station;
    this.#retention = new Retention(id, windowMs + segmentMs, station);
    const first: Presentation = {
      id,
      title,
      kind: 'live',
      state: { name: 'offline', since: station.clock.now(), reason: 'starting' },
      targetDurationMs: segmentMs,
      chunkDurationMs: chunkMs,
      windowMs,
      durationMs: null,
      poster: before?.poster ?? false,
      tracks: before?.tracks ?? [],
    };
    this.#describer = new Describer(station.bucket, first, station.log);
  }

  /** A channel as an earlier run of the origin left it: those who watch keep their tracks while it starts. */
  static async open(live: Live, station: Station): Promise<Channel> {
    const entry = await station.bucket.get(live.id);
    const before = entry?.operation === 'PUT' ? read(Presentation, entry.value) : null;
    return new Channel(live, station, before?.kind === 'live' ? before : null);
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
    const { id, loop, clock: hasClock, ladder, segmentMs, chunkMs } = this.#live;
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
      segmentSeconds: segmentMs / 1000,
    });
    this.#encoder = encoder;
    if (this.#isStopped) await encoder.stop();
    const epoch = epochAt(startMs);
    log.info({ presentation: id, epoch }, `${id}: epoch ${epoch} starts`);
    await packageEpoch(demux(encoder.output), {
      presentation: id,
      epoch,
      trackIds: renditions.map((rendition) => rendition.id),
      segmentSeconds: segmentMs / 1000,
      chunkSeconds: chunkMs / 1000,
      push: (path, index, bytes) => this.#push(path, index, bytes),
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

  /** Sends a chunk to the edges that listen. One too large for a message is pulled instead. */
  #push(path: SegmentPath, index: number, bytes: Uint8Array): void {
    const { connection } = this.#station.bus;
    if (connection.isClosed() || bytes.byteLength > (connection.info?.max_payload ?? 0)) return;
    connection.publish(pushSubject({ ...path, kind: 'chunk', index }), bytes);
  }

  /** The place of a chunk in its segment's file, or null for one that is not known any more. */
  locate({ track, number, index }: ChunkPath): { first: number; size: number } | null {
    const chunks = this.#announcers.get(track)?.timeline.chunksOf(number) ?? [];
    const chunk = chunks[index];
    if (chunk === undefined) return null;
    return { first: chunks.slice(0, index).reduce((sum, { size }) => sum + size, 0), size: chunk.size };
  }

  async #open(tracks: readonly EncodedTrack[], source: Source): Promise<Opened> {
    const announcers = await Promise.all(tracks.map((track) => this.#announcerOf(track)));
    this.#describer.update({
      tracks: tracks.map((track) => trackOf(track, source)),
      poster: source.video !== null,
    });
    const lasts = announcers.flatMap(({ timeline }) => {
      const { last, timescale } = timeline;
      return last === null ? [] : [{ last, timescale }];
    });
    return {
      announcers,
      discontinuity: Math.max(-1, ...lasts.map(({ last }) => last.discontinuity)) + 1,
      startSeconds: resumeAt(lasts, this.#station.clock.now()),
      onGone: (track, segments) => this.#retention.gone(track, segments),
    };
  }

  async #announcerOf({ id, timescale }: EncodedTrack): Promise<Announcer> {
    const at = { presentation: this.#live.id, track: id };
    const known = this.#announcers.get(id);
    const goesOn = known?.timeline.timescale === timescale;
    const announcer = goesOn ? known : await this.#openAnnouncer(at, timescale);
    await closeOpenSegment(announcer, at, this.#station.storage);
    return announcer;
  }

  async #openAnnouncer(at: TrackAt, timescale: number): Promise<Announcer> {
    const { bus, log } = this.#station;
    const announcer = await openAnnouncer(bus, at, { timescale, windowMs: this.#live.windowMs }, log);
    await this.#retention.sweep(at.track, announcer.timeline);
    this.#announcers.set(at.track, announcer);
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

type TrackAt = { readonly presentation: PresentationId; readonly track: TrackId };

/** The origin or its encoder died while a segment grew: the chunks that were announced become the segment. */
async function closeOpenSegment(announcer: Announcer, at: TrackAt, storage: Storage): Promise<void> {
  const { open } = announcer.timeline;
  if (open === null) return;
  const { chunks, ...head } = open;
  const size = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
  const duration = chunks.reduce((sum, chunk) => sum + chunk.duration, 0);
  const path = { kind: 'segment', ...at, epoch: Epoch.parse(head.epoch), number: head.number } as const;
  if (await storage.truncate(keyOf(path), size)) announcer.append({ ...head, duration, size });
}

type Last = { readonly last: Segment; readonly timescale: number };

/**
 * Where a new epoch starts: as much later than the last segment as the wall clock says, and not before its end. It is
 * a whole millisecond, as wall-clock times are, so that all segments of the epoch tell the same distance between the
 * two.
 */
function resumeAt(lasts: readonly Last[], nowMs: number): number {
  const ends = lasts.map(({ last, timescale }) => {
    const end = toSeconds(last.time + last.duration, timescale);
    return Math.max(end, toSeconds(last.time, timescale) + (nowMs - last.wallClockMs) / 1000);
  });
  return Math.ceil(Math.max(0, ...ends) * 1000) / 1000;
}
