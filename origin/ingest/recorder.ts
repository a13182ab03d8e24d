import { z } from 'zod';
import { type Segment, Timeline } from '../../media/timeline.ts';
import { type ChannelSettings, protocolsOf } from '../../wire/channel.ts';
import { Epoch, PresentationId, type TrackId } from '../../wire/ids.ts';
import { read } from '../../wire/message.ts';
import { type Presentation, Track } from '../../wire/presentation.ts';
import { SegmentAnnounced, snapshotOf } from '../../wire/timeline.ts';
import { announcePackaged, readPackaged, writePackaged } from '../packaging/packaged.ts';
import { keyOf } from '../packaging/storage.ts';
import type { Station } from '../station.ts';
import { POSTER_AT, stillOf } from '../transcode/still.ts';

/** What is kept of a recording while it runs, beside the log of each track's segments. */
const Running = z.object({
  /** The presentation that it becomes. */
  id: PresentationId,
  startedMs: z.number(),
  /** All tracks that it had so far. */
  tracks: z.array(Track),
});
type Running = z.infer<typeof Running>;

/** A line of a track's log. */
const Line = SegmentAnnounced.omit({ type: true, timescale: true, windowMs: true, lastChunk: true });

/** Marks a presentation that was recorded, in its record. */
export const RECORDED = 'recorded';

/**
 * Keeps a channel's segments, beyond its window, as a presentation of its own. Each segment's file is given a second
 * name under the new presentation and is then noted in a log, so that nothing is copied or encoded anew, and nothing
 * is lost when the origin dies. Work is done in order, in the background.
 */
export class Recorder {
  readonly #settings: ChannelSettings;
  readonly #station: Station;
  #running: Running | null;
  /** The last segment that was kept, by track. */
  readonly #lasts = new Map<TrackId, number>();
  readonly #inits = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  private constructor(settings: ChannelSettings, station: Station, running: Running | null) {
    this.#settings = settings;
    this.#station = station;
    this.#running = running;
  }

  /** Goes on with the recording that an earlier run of the origin began. */
  static async open(settings: ChannelSettings, station: Station): Promise<Recorder> {
    const bytes = await station.storage.get(runningKey(settings.id));
    const recorder = new Recorder(settings, station, bytes && read(Running, bytes));
    for (const { id } of recorder.#running?.tracks ?? []) {
      const last = (await recorder.#segments(id)).at(-1);
      if (last !== undefined) recorder.#lasts.set(id, last.number);
    }
    return recorder;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Takes a segment that is stored; the first begins a recording. */
  keep(track: Track, segment: Segment): void {
    this.#do(() => this.#keep(track, segment));
  }

  /** Takes what the timeline holds and an earlier run of the origin had no time for. */
  catchUp(track: Track, { segments }: Pick<Timeline, 'segments'>): void {
    const last = this.#lasts.get(track.id);
    if (this.#running === null || last === undefined) return;
    for (const segment of segments) if (segment.number > last) this.keep(track, segment);
  }

  /** Resolves when all that was given so far is kept. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** Ends the recording, if there is one: it becomes a presentation. */
  async finish(): Promise<void> {
    this.#do(() => this.#finish());
    await this.#work;
  }

  /** What fails is said, and does not stop what comes after it. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error) => {
      this.#station.log.error({ presentation: this.#settings.id, err: error }, 'recording failed');
    });
  }

  async #keep(track: Track, segment: Segment): Promise<void> {
    if (segment.number <= (this.#lasts.get(track.id) ?? -1)) return;
    const { id } = await this.#begin(track);
    const at = { track: track.id, epoch: Epoch.parse(segment.epoch) };
    await this.#linkInit(id, at);
    const path = { kind: 'segment', number: segment.number, ...at } as const;
    await this.#link({ ...path, presentation: this.#settings.id }, { ...path, presentation: id });
    await this.#station.storage.append(logKey(id, track.id), bytesOf(`${JSON.stringify(segment)}\n`));
    this.#lasts.set(track.id, segment.number);
  }

  async #linkInit(id: PresentationId, at: { readonly track: TrackId; readonly epoch: Epoch }): Promise<void> {
    const name = `${at.track}/${at.epoch}`;
    if (this.#inits.has(name)) return;
    const path = { kind: 'init', ...at } as const;
    await this.#link({ ...path, presentation: this.#settings.id }, { ...path, presentation: id });
    this.#inits.add(name);
  }

  #link(from: Parameters<typeof keyOf>[0], to: Parameters<typeof keyOf>[0]): Promise<void> {
    return this.#station.storage.link(keyOf(from), keyOf(to));
  }

  /** The recording that runs, which knows the track as it is now. */
  async #begin(track: Track): Promise<Running> {
    const { clock, log } = this.#station;
    const startedMs = clock.now();
    const running = this.#running ?? { id: recordingId(this.#settings.id, startedMs), startedMs, tracks: [] };
    const isKnown = running.tracks.some(({ id }) => id === track.id);
    if (this.#running !== null && isKnown) return running;
    if (this.#running === null) log.info({ presentation: running.id }, `${running.id} is being recorded`);
    this.#running = { ...running, tracks: [...running.tracks, track] };
    await this.#station.storage.put(runningKey(this.#settings.id), bytesOf(JSON.stringify(this.#running)));
    return this.#running;
  }

  async #finish(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    const { storage, log } = this.#station;
    const timelines = await Promise.all(running.tracks.map((track) => this.#timeline(track)));
    const presentation = this.#presentation(running, timelines);
    const packaged = { fingerprint: RECORDED, presentation, timelines: timelines.map(snapshotOf) };
    await this.#makePoster(running, timelines);
    await writePackaged(packaged, this.#station);
    await announcePackaged(packaged, this.#station);
    await storage.remove(runningKey(this.#settings.id));
    this.#running = null;
    this.#lasts.clear();
    this.#inits.clear();
    log.info({ presentation: running.id }, `${running.id} is recorded`);
  }

  /** Of a picture past its beginning. */
  async #makePoster({ id, tracks }: Running, timelines: readonly Timeline[]): Promise<void> {
    const { storage } = this.#station;
    const index = tracks.findIndex(({ media }) => media.kind === 'video');
    const segments = timelines[index]?.segments ?? [];
    const segment = segments[Math.floor(segments.length * POSTER_AT)];
    const track = tracks[index];
    if (segment === undefined || track === undefined) return;
    const at = { presentation: id, track: track.id, epoch: Epoch.parse(segment.epoch) };
    const [init, media] = await Promise.all([
      storage.get(keyOf({ kind: 'init', ...at })),
      storage.get(keyOf({ kind: 'segment', ...at, number: segment.number })),
    ]);
    if (init === null || media === null) return;
    await storage.put(keyOf({ kind: 'poster', presentation: id }), await stillOf(init, media));
  }

  async #timeline({ id, timescale }: Track): Promise<Timeline> {
    const segments = await this.#segments(id);
    const timeline = new Timeline(timescale, 0);
    const breaks = segments[0]?.discontinuity ?? 0;
    timeline.restore(
      segments.map((segment) => ({ ...segment, discontinuity: segment.discontinuity - breaks })),
      true,
    );
    return timeline;
  }

  /** A line that was cut short by a crash is left out, and so is all behind it. */
  async #segments(track: TrackId): Promise<Segment[]> {
    const running = this.#running;
    const bytes = running && (await this.#station.storage.get(logKey(running.id, track)));
    const lines = new TextDecoder().decode(bytes ?? undefined).split('\n');
    const segments: Segment[] = [];
    for (const line of lines) {
      const segment = read(Line, bytesOf(line));
      if (segment !== null) segments.push(segment);
    }
    return segments;
  }

  #presentation({ id, startedMs, tracks }: Running, timelines: readonly Timeline[]): Presentation {
    const { title, segmentMs, outputs, protection } = this.#settings;
    const durations = timelines.map(lengthMs);
    return {
      id,
      title: `${title}, ${new Date(startedMs).toISOString().slice(0, 16).replace('T', ' ')}`,
      kind: 'vod',
      state: { name: 'ready', at: this.#station.clock.now() },
      targetDurationMs: Math.max(segmentMs, ...timelines.map(longestMs)),
      chunkDurationMs: null,
      windowMs: 0,
      durationMs: Math.max(0, ...durations),
      outputs: protocolsOf(outputs),
      protection,
      onDemand: false,
      poster: tracks.some(({ media }) => media.kind === 'video'),
      tracks,
    };
  }
}

/** Tells the cluster of all recordings, whatever NATS still knows. */
export async function announceRecordings(station: Station): Promise<void> {
  for (const name of await station.storage.list('')) {
    const id = PresentationId.safeParse(name);
    const packaged = id.success ? await readPackaged(id.data, station) : null;
    if (packaged?.fingerprint === RECORDED) await announcePackaged(packaged, station);
  }
}

const runningKey = (channel: PresentationId) => `${channel}/recording.json`;

const logKey = (recording: PresentationId, track: TrackId) => `${recording}/${track}/segments.jsonl`;

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** `studio-20261120-124530`, by the clock of Greenwich. */
function recordingId(channel: PresentationId, startedMs: number): PresentationId {
  const digits = new Date(startedMs).toISOString().replaceAll(/\D/g, '');
  return PresentationId.parse(`${channel}-${digits.slice(0, 8)}-${digits.slice(8, 14)}`);
}

/** What was played, without the time in which the source was away. */
const lengthMs = ({ segments, timescale }: Timeline) =>
  Math.round((segments.reduce((sum, { duration }) => sum + duration, 0) / timescale) * 1000);

const longestMs = ({ segments, timescale }: Timeline) =>
  Math.ceil((Math.max(0, ...segments.map(({ duration }) => duration)) / timescale) * 1000);
