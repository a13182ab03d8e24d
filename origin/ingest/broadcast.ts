import { type Milliseconds, type Seconds, toSeconds } from '../../media/time.ts';
import type { Segment } from '../../media/timeline.ts';
import { addressesOf, type ChannelSettings, protocolsOf } from '../../wire/channel.ts';
import { Epoch, epochAt, type TrackId } from '../../wire/ids.ts';
import { read } from '../../wire/message.ts';
import type { ChunkPath, SegmentPath } from '../../wire/paths.ts';
import { Presentation, type State, type Track } from '../../wire/presentation.ts';
import { pushSubject } from '../../wire/subjects.ts';
import type { Newest } from '../delivery/posters.ts';
import { type Announcer, openAnnouncer } from '../packaging/announcer.ts';
import { EARLY } from '../packaging/cutter.ts';
import { Describer } from '../packaging/describer.ts';
import type { EncodedTrack } from '../packaging/encoded-track.ts';
import { type Opened, packageEpoch } from '../packaging/epoch.ts';
import { Retention } from '../packaging/retention.ts';
import { keyOf, type Storage } from '../packaging/storage.ts';
import { trackOf } from '../packaging/tracks.ts';
import { LiveStream } from '../rtp/live/stream.ts';
import { tap } from '../rtp/live/tap.ts';
import { Pushes } from '../rtp/push/pushes.ts';
import type { Station } from '../station.ts';
import type { OnAir } from './on-air.ts';
import type { Recorder } from './recorder.ts';

/** The longest segments that players are promised. */
const TARGET_MAX_MS: Milliseconds = 10_000;

/** "rounded to the nearest integer, MUST be less than or equal to the Target Duration" (draft-pantos-hls-rfc8216bis §4.4.3.1). */
const ROUNDED: Seconds = 0.49;

/** What is packaged as one epoch. */
export type Run = Pick<OnAir, 'feed' | 'source' | 'trackIds' | 'gopSeconds' | 'startedMs'> & {
  /** It is part of the channel's recording. */
  readonly isRecorded: boolean;
  /** What the channel is from now on, called once all tracks can be played. */
  readonly onAir: () => State;
};

/** The packaging half of a channel: its timelines, what is described of it, what is kept and what is removed. */
export class Broadcast {
  readonly #settings: ChannelSettings;
  readonly #station: Station;
  readonly #describer: Describer;
  readonly #retention: Retention;
  readonly #recorder: Recorder | null;
  readonly #announcers = new Map<TrackId, Announcer>();
  /** The same, for those who play it over RTP. */
  readonly stream: LiveStream;
  readonly #pushes: Pushes;

  private constructor(
    settings: ChannelSettings,
    station: Station,
    recorder: Recorder | null,
    before: Presentation | null,
  ) {
    const { id, windowMs, segmentMs } = settings;
    this.#settings = settings;
    this.#station = station;
    this.#recorder = recorder;
    this.stream = new LiveStream(station.clock);
    this.#retention = new Retention(id, windowMs + segmentMs, station);
    this.#describer = new Describer(describe(settings, before, station), station);
    this.#pushes = new Pushes(addressesOf(settings.outputs), this.stream, {
      ...{ title: settings.title, clock: station.clock, log: station.log, counts: station.rtp },
      onDescribed: (sdps) => this.#describer.update({ sdps: [...sdps] }),
    });
  }

  /** As an earlier run of the origin left it: those who watch keep their tracks while it starts. */
  static async open(
    settings: ChannelSettings,
    station: Station,
    recorder: Recorder | null,
  ): Promise<Broadcast> {
    const entry = await station.bucket.get(settings.id);
    const before = entry?.operation === 'PUT' ? read(Presentation, entry.value) : null;
    return new Broadcast(settings, station, recorder, before?.kind === 'live' ? before : null);
  }

  get tracks(): readonly Track[] {
    return this.#describer.presentation.tracks;
  }

  get state(): State {
    return this.#describer.presentation.state;
  }

  setState(state: State): void {
    this.#describer.update({ state });
  }

  /** Sends nobody anything any more. Resolves when the cluster has been told. */
  async close(reason: string): Promise<void> {
    this.stream.close(reason);
    await this.#pushes.close();
    await this.#describer.settled();
  }

  /** What is sent to the address with this index of those that the channel names, as SDP; null where nothing is. */
  sdp(index: number): string | null {
    return this.#describer.presentation.sdps?.[index] || null;
  }

  /** The newest picture, or null when there is none yet. */
  newest(): Newest | null {
    const video = this.tracks.find(({ media }) => media.kind === 'video');
    const last = video && this.#announcers.get(video.id)?.timeline.last;
    if (!video || !last) return null;
    const at = { presentation: this.#settings.id, track: video.id, epoch: Epoch.parse(last.epoch) };
    return { init: { kind: 'init', ...at }, segment: { kind: 'segment', number: last.number, ...at } };
  }

  /** The place of a chunk in its segment's file, or null for one that is not known any more. */
  locate({ track, number, index }: ChunkPath): { first: number; size: number } | null {
    const chunks = this.#announcers.get(track)?.timeline.chunksOf(number) ?? [];
    const chunk = chunks[index];
    if (chunk === undefined) return null;
    return { first: chunks.slice(0, index).reduce((sum, { size }) => sum + size, 0), size: chunk.size };
  }

  /** Packages a feed to its end, as an epoch of its own. Throws what the feed throws. */
  async run(run: Run): Promise<void> {
    const { feed, trackIds, onAir } = run;
    const startMs = run.startedMs ?? this.#station.clock.now();
    this.#promise(run.gopSeconds ?? null);
    const { id, segmentMs, chunkMs } = this.#settings;
    const { storage, clock, log } = this.#station;
    const epoch = epochAt(startMs);
    log.info({ presentation: id, epoch, tracks: trackIds }, `${id}: epoch ${epoch} starts`);
    const started = new Set<TrackId>();
    const packaged = packageEpoch(feed, {
      presentation: id,
      epoch,
      trackIds,
      segmentSeconds: segmentMs / 1000,
      chunkSeconds: chunkMs / 1000,
      push: (path, index, bytes) => this.#push(path, index, bytes),
      storage,
      now: run.startedMs === undefined ? clock.now : () => startMs,
      segmentMaxSeconds: this.#targetDurationMs / 1000 + ROUNDED,
      open: (tracks) => this.#open(tracks, run),
      onProgress: () => this.#goOnAir(trackIds, epoch, started, onAir),
      onEvent: tap(this.stream, trackIds, run.startedMs),
    });
    await packaged.finally(() => this.stream.rest());
  }

  /** Segments end at key frames: where those come further apart than was wished, players are promised longer ones. */
  #promise(gopSeconds: Seconds | null): void {
    if (gopSeconds === null || gopSeconds <= 0) return;
    const wished = (this.#settings.segmentMs / 1000) * (1 - EARLY);
    const seconds = gopSeconds * Math.ceil(wished / gopSeconds - ROUNDED / 100);
    const targetDurationMs = Math.ceil(seconds - ROUNDED) * 1000;
    if (targetDurationMs > this.#targetDurationMs) this.#describer.update({ targetDurationMs });
  }

  /**
   * Key frames of what is packaged as it comes are further apart than players were promised: from the next epoch on
   * they are promised longer segments. False when they can't be.
   */
  allowLonger(): boolean {
    if (this.#targetDurationMs >= TARGET_MAX_MS) return false;
    this.#describer.update({ targetDurationMs: Math.min(TARGET_MAX_MS, 2 * this.#targetDurationMs) });
    return true;
  }

  get #targetDurationMs(): Milliseconds {
    return this.#describer.presentation.targetDurationMs;
  }

  /** Sends a chunk to the edges that listen. One too large for a message is pulled instead. */
  #push(path: SegmentPath, index: number, bytes: Uint8Array): void {
    const { pushesChunks, bus } = this.#station;
    const { connection } = bus;
    if (!pushesChunks || connection.isClosed() || bytes.byteLength > (connection.info?.max_payload ?? 0))
      return;
    connection.publish(pushSubject({ ...path, kind: 'chunk', index }), bytes);
  }

  /** On air is what can be played: every track has a segment, of this epoch or one before. */
  #goOnAir(trackIds: readonly TrackId[], epoch: Epoch, started: Set<TrackId>, onAir: () => State): void {
    if (started.size === trackIds.length) return;
    for (const id of trackIds) {
      const timeline = this.#announcers.get(id)?.timeline;
      if (timeline?.last && (timeline.open ?? timeline.last).epoch === epoch) started.add(id);
    }
    if (started.size === trackIds.length) this.setState(onAir());
  }

  async #open(tracks: readonly EncodedTrack[], { source, isRecorded, startedMs }: Run): Promise<Opened> {
    const recorder = isRecorded ? this.#recorder : null;
    const announcers = await Promise.all(tracks.map((track) => this.#announcerOf(track)));
    this.#describer.update({
      tracks: tracks.map((track) => trackOf(track, source)),
      poster: source.video !== null,
    });
    for (const [index, track] of tracks.entries()) {
      const timeline = announcers[index]?.timeline;
      if (timeline !== undefined) recorder?.catchUp(trackOf(track, source), timeline);
    }
    const lasts = announcers.flatMap(({ timeline }) => {
      const { last, timescale } = timeline;
      return last === null ? [] : [{ last, timescale }];
    });
    return {
      announcers,
      discontinuity: Math.max(-1, ...lasts.map(({ last }) => last.discontinuity)) + 1,
      startSeconds: resumeAt(lasts, startedMs ?? this.#station.clock.now()),
      onSegment: (track, segment) => recorder?.keep(trackOf(track, source), segment),
      onGone: (track, segments) => this.#retention.gone(track, segments),
    };
  }

  async #announcerOf({ id, timescale }: EncodedTrack): Promise<Announcer> {
    const at = { presentation: this.#settings.id, track: id };
    const known = this.#announcers.get(id);
    const goesOn = known?.timeline.timescale === timescale;
    const announcer = goesOn ? known : await this.#openAnnouncer(at, timescale);
    await closeOpenSegment(announcer, at, this.#station.storage);
    return announcer;
  }

  async #openAnnouncer(at: TrackAt, timescale: number): Promise<Announcer> {
    const { bus, log } = this.#station;
    const { windowMs } = this.#settings;
    const announcer = await openAnnouncer(bus, at, { timescale, windowMs }, log);
    await this.#retention.sweep(at.track, announcer.timeline);
    this.#announcers.set(at.track, announcer);
    return announcer;
  }
}

function describe(
  { id, title, segmentMs, chunkMs, windowMs, outputs, protection, onDemand }: ChannelSettings,
  before: Presentation | null,
  { clock }: Station,
): Presentation {
  return {
    id,
    title,
    kind: 'live',
    state: { name: 'offline', since: clock.now(), reason: 'starting' },
    targetDurationMs: segmentMs,
    chunkDurationMs: chunkMs,
    windowMs,
    durationMs: null,
    outputs: protocolsOf(outputs),
    protection,
    onDemand,
    poster: before?.poster ?? false,
    tracks: before?.tracks ?? [],
  };
}

type TrackAt = {
  readonly presentation: ChannelSettings['id'];
  readonly track: TrackId;
};

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
