import { isKey } from '../../runtime/keys.ts';
import type { ChannelRecord, ChannelSettings } from '../../wire/channel.ts';
import * as Source from '../../wire/source.ts';
import { KeyFramesTooFar } from '../packaging/cutter.ts';
import type { Station } from '../station.ts';
import { Backoff } from './backoff.ts';
import { Broadcast } from './broadcast.ts';
import type { Demand } from './demand.ts';
import type { Admission, Claim } from './door.ts';
import type { OnAir } from './on-air.ts';
import { slate } from './on-air.ts';
import { PublisherPlace } from './publisher.ts';
import { Recorder } from './recorder.ts';
import { whenAborted } from './shared-feed.ts';
import { Supply } from './supply.ts';

/** A source that is back sooner than this needs no card in between. */
const SLATE_AFTER_MS = 1_500;

/** A recording is over when its source ended by itself and is not back after this; one that broke off may take longer. */
const ENDED_GAP_MS = 10_000;
const BROKEN_GAP_MS = 60_000;

const STARTING = 'starting';
const STOPPED = 'stopped';
const PAUSED = 'paused';

/** Reasons that say nothing of the last publisher. */
const IDLE_REASONS: readonly string[] = [STARTING, STOPPED, PAUSED];

const AGAIN = Symbol('again');

/** What a channel is to do now. */
type Aim = 'stopped' | 'paused' | 'asleep' | 'running';

export type ChannelOptions = {
  readonly station: Station;
  readonly demand: Demand;
  readonly allowsLocal: boolean;
};

/**
 * A channel: it takes turns, each with one aim, until something changes what it is to do. While it runs, each run of
 * its source or encoder is an epoch; when one ends the next goes on under the same URL, behind a discontinuity.
 */
export class Channel {
  readonly #settings: ChannelSettings;
  readonly #source: Source.Source;
  readonly #station: Station;
  readonly #demand: Demand;
  readonly #recorder: Recorder | null;
  readonly #supply: Supply;
  readonly #backoff = new Backoff();
  readonly place: PublisherPlace;
  readonly broadcast: Broadcast;
  #record: ChannelRecord;
  #turn = new AbortController();
  #isClosed = false;
  #isSlateOn = false;
  #reason = STARTING;
  #cancelFinish: () => void = () => {};

  private constructor(
    record: ChannelRecord,
    options: ChannelOptions,
    recorder: Recorder | null,
    broadcast: Broadcast,
  ) {
    const { settings } = record;
    this.#record = record;
    this.#settings = settings;
    this.#source = Source.parse(settings.source) ?? { kind: 'publish' };
    this.#station = options.station;
    this.#demand = options.demand;
    this.#recorder = recorder;
    this.broadcast = broadcast;
    this.place = new PublisherPlace(settings.id);
    this.#supply = new Supply(this.#source, settings, this.place, {
      clock: options.station.clock,
      allowsLocal: options.allowsLocal || record.fromProgramme,
      before: () => this.broadcast.tracks,
      onAway: (reason) => this.#goAway(reason),
      onWaiting: () => {
        if (IDLE_REASONS.includes(this.#reason)) this.#goAway('waiting for a publisher');
      },
    });
  }

  static async open(record: ChannelRecord, options: ChannelOptions): Promise<Channel> {
    const { settings } = record;
    const { station } = options;
    const recorder = settings.record ? await Recorder.open(settings, station) : null;
    return new Channel(record, options, recorder, await Broadcast.open(settings, station, recorder));
  }

  get settings(): ChannelSettings {
    return this.#settings;
  }

  /** Takes a record with the same settings: what is wanted of it, or its key, may be other. */
  update(record: ChannelRecord): void {
    const isOther = record.wanted !== this.#record.wanted;
    this.#record = record;
    if (isOther) this.#turn.abort();
  }

  /** Looks whether somebody watches; called now and then. */
  look(): void {
    const isAsleep = this.broadcast.state.name === 'standby';
    const shouldSleep = this.#aim() === 'asleep';
    if (isAsleep !== shouldSleep && this.#settings.onDemand) this.#turn.abort();
  }

  /** Lets a publisher in or not. */
  admit({ key, presentation }: Claim): Admission {
    const refuse = (code: (Admission & { kind: 'refused' })['code'], reason: string) =>
      ({ kind: 'refused', code, reason }) as const;
    if (this.#source.kind !== 'publish') {
      return refuse('not-published-to', `'${presentation}' has a source of its own and takes no publisher`);
    }
    if (this.#record.keyHash === null || !isKey(key, this.#record.keyHash)) {
      return refuse('wrong-key', `the key does not open '${presentation}'`);
    }
    if (this.#record.wanted === 'stopped') return refuse('stopped', `'${presentation}' is stopped`);
    return this.place.admit(this.#settings.takeover);
  }

  /** Takes turn after turn; resolves after `close`. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      this.#turn = new AbortController();
      try {
        await this.#takeTurn(this.#turn.signal);
      } catch (error) {
        this.#goAway(error instanceof Error ? error.message : String(error));
        await this.#backoff.wait(this.#turn.signal);
      }
    }
    this.#cancelFinish();
    this.place.sendAway('the origin was stopped');
    this.#goAway('the origin was stopped');
    await this.#recorder?.settled();
    await this.broadcast.close('the origin was stopped');
  }

  /** The channel is not recorded any more: what was becomes a presentation. Called after `run` has resolved. */
  async finishRecording(): Promise<void> {
    await this.#recorder?.finish();
  }

  close(): void {
    this.#isClosed = true;
    this.#turn.abort();
  }

  #aim(): Aim {
    if (this.#record.wanted !== 'running') return this.#record.wanted;
    const { onDemand, id } = this.#settings;
    return onDemand && !this.#demand.isWanted(id, this.#station.clock.now()) ? 'asleep' : 'running';
  }

  async #takeTurn(signal: AbortSignal): Promise<void> {
    switch (this.#aim()) {
      case 'stopped':
        this.place.sendAway(`'${this.#settings.id}' was stopped`);
        this.#goAway(STOPPED);
        this.broadcast.stream.close(STOPPED);
        await this.#recorder?.finish();
        await whenAborted(signal);
        break;
      case 'paused':
        this.#goAway(PAUSED);
        await this.#supply.idle(signal);
        break;
      case 'asleep':
        this.broadcast.setState({ name: 'standby', since: this.#station.clock.now() });
        await this.#supply.idle(signal);
        break;
      case 'running':
        await this.#play(signal);
        break;
    }
  }

  async #play(signal: AbortSignal): Promise<void> {
    const opening = this.#supply.open(signal);
    await this.#bridge(opening, signal);
    const onAir = await opening;
    if (onAir === null) return;
    // It is told to do something else already: nobody would tell it again.
    if (signal.aborted) return onAir.stop();
    const startedMs = this.#station.clock.now();
    const reason = await this.#package(onAir, signal);
    this.#backoff.ran(this.#station.clock.now() - startedMs);
    if (signal.aborted || reason === AGAIN) return;
    const end = this.#supply.end(reason);
    this.#goAway(end.reason);
    this.#finishAfter(end.kind === 'ended' ? ENDED_GAP_MS : BROKEN_GAP_MS);
    if (end.kind === 'broken') await this.#backoff.wait(signal);
  }

  /** Gives the reason why it ended; null when the source just did, AGAIN when that only begins a new epoch. */
  async #package(onAir: OnAir, signal: AbortSignal): Promise<string | null | typeof AGAIN> {
    const stop = () => void onAir.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.broadcast.run({ ...onAir, isRecorded: true, onAir: () => this.#nowLive() });
      return await onAir.ending();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof KeyFramesTooFar)) return reason;
      if (this.broadcast.allowLonger()) return AGAIN;
      this.place.sendAway(reason);
      return reason;
    } finally {
      signal.removeEventListener('abort', stop);
      await onAir.stop();
    }
  }

  #nowLive() {
    this.#cancelFinish();
    return { name: 'live', since: this.#station.clock.now() } as const;
  }

  /** Shows a card until the source is there, if the channel asks for one and viewers have its tracks. */
  async #bridge(opening: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const { slate: isAsked, title } = this.#settings;
    const { tracks } = this.broadcast;
    if (!isAsked || tracks.length === 0) return;
    const soon = AbortSignal.any([signal, AbortSignal.timeout(SLATE_AFTER_MS)]);
    const isHere = await Promise.race([settled(opening), whenAborted(soon)]);
    if (isHere !== null || signal.aborted) return;
    const card = await slate(title, tracks, this.#settings);
    void settled(opening).then(card.stop);
    this.#isSlateOn = true;
    await this.broadcast.run({ ...card, isRecorded: false, onAir: () => this.#away() }).catch((error) => {
      this.#station.log.warn({ presentation: this.#settings.id, err: error }, 'the slate broke off');
    });
    this.#isSlateOn = false;
    await card.stop();
  }

  #away() {
    const [since, reason] = [this.#station.clock.now(), this.#reason];
    return { name: this.#isSlateOn ? 'slate' : 'offline', since, reason } as const;
  }

  /** A reason that repeats itself is said once. */
  #goAway(reason: string): void {
    const { state } = this.broadcast;
    const name = this.#isSlateOn ? 'slate' : 'offline';
    this.#reason = reason;
    if (state.name === name && state.reason === reason) return;
    const { log } = this.#station;
    const { id } = this.#settings;
    if (state.name === 'live') log.warn({ presentation: id }, `${id} is offline: ${reason}`);
    this.broadcast.setState(this.#away());
  }

  #finishAfter(ms: number): void {
    this.#cancelFinish();
    const timer = setTimeout(() => void this.#recorder?.finish(), ms);
    this.#cancelFinish = () => clearTimeout(timer);
  }
}

const settled = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => true,
  );
