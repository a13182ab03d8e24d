import { MalformedBox } from '../isobmff/box.ts';
import type { Sample } from '../sample.ts';
import type { Milliseconds, Ticks } from '../time.ts';
import { AccessUnits, type Gathered } from './access-units.ts';
import { Counter } from './counter.ts';
import type { SoundPayload } from './format.ts';
import { MalformedPayload, type Packet } from './packet.ts';
import { Reorder } from './reorder.ts';
import { codingOf, type Frame, type Frames, type SoundCoding } from './sound-coding.ts';
import { type Received, type Track, WAIT_MS } from './track.ts';

/** Packets of 2.5 ms in that time. */
const PACKETS_MAX = 40;

/**
 * How far a frame's time may lie from where the frames before it end. Some cameras stamp a frame when they have it:
 * sound goes on without a gap then. Beyond this, something was left out.
 */
const JITTER_SECONDS = 0.02;

type Described = { readonly sampleRate: number; readonly channels: number; readonly entry: Uint8Array };

/** Sound of one stream, timed in its sample rate so that frames last whole ticks. */
export class SoundTrack implements Track {
  readonly kind = 'audio';
  readonly #coding: SoundCoding;
  readonly #clockRate: number;
  readonly #reorder = new Reorder({ waitMs: WAIT_MS, packetsMax: PACKETS_MAX });
  readonly #units = new AccessUnits();
  readonly #counter = new Counter(32);
  #described: Described | null = null;
  /** Where the frames so far end. */
  #end: Ticks | null = null;

  /** `clockRate` is that of its timestamps, in Hz. */
  constructor(payload: SoundPayload, clockRate: number) {
    this.#coding = codingOf(payload);
    this.#clockRate = clockRate;
  }

  /** The first frame says it. */
  get timescale(): number {
    return this.#described?.sampleRate ?? this.#clockRate;
  }

  push(packet: Packet, nowMs: Milliseconds): readonly Received[] {
    const ordered = this.#reorder.push(packet, nowMs);
    return ordered.flatMap((each) => this.#units.push(each)).flatMap((gathered) => this.#receive(gathered));
  }

  timeOf(timestamp: number): Ticks {
    return this.#scaled(this.#counter.peek(timestamp));
  }

  #scaled(time: number): Ticks {
    return this.timescale === this.#clockRate ? time : Math.round((time * this.timescale) / this.#clockRate);
  }

  #receive(gathered: Gathered): readonly Received[] {
    const frames = gathered.kind === 'unit' ? this.#tryRead(gathered.payloads) : null;
    if (frames === null || gathered.kind === 'broken') return [];
    const { entry } = this.#describe(frames);
    let time = this.#scaled(this.#counter.extend(gathered.timestamp));
    return frames.frames.map((frame) => {
      const shown = time;
      time += frame.samples;
      const sample = this.#sample(frame, shown);
      return { sample, entry, shown };
    });
  }

  #describe(frames: Frames): Described {
    const { sampleRate, channels } = frames;
    const before = this.#described;
    if (before?.sampleRate === sampleRate && before.channels === channels) return before;
    this.#described = { sampleRate, channels, entry: this.#coding.entry(frames) };
    this.#end = null;
    return this.#described;
  }

  #sample({ data, samples }: Frame, time: Ticks): Sample {
    const dts = this.#place(time, samples);
    this.#end = dts + samples;
    return { dts, compositionOffset: 0, duration: samples, sync: true, data: data.slice() };
  }

  /** Frames follow each other while timestamps agree; then a gap is one, and an overlap is caught up by half frames. */
  #place(time: Ticks, samples: Ticks): Ticks {
    if (this.#end === null) return time;
    const error = time - this.#end;
    if (Math.abs(error) <= JITTER_SECONDS * this.timescale) return this.#end;
    return error > 0 ? time : this.#end + Math.max(error, -Math.floor(samples / 2));
  }

  #tryRead(payloads: readonly Uint8Array[]): Frames | null {
    try {
      return this.#coding.read(payloads);
    } catch (error) {
      if (error instanceof MalformedPayload || error instanceof MalformedBox) return null;
      throw error;
    }
  }
}
