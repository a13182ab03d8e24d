import { type VisualEntry, writeVisual } from '../codecs/entry-writer.ts';
import { MalformedBox } from '../isobmff/box.ts';
import type { Milliseconds, Ticks } from '../time.ts';
import { AccessUnits, type Gathered } from './access-units.ts';
import { Counter } from './counter.ts';
import { DecodeTimes } from './decode-times.ts';
import type { PicturePayload } from './format.ts';
import { h264Reader, hevcReader, type NalPicture } from './nal-picture.ts';
import { MalformedPayload, type Packet } from './packet.ts';
import { type Picture, pictureReader } from './picture.ts';
import { Reorder } from './reorder.ts';
import { type Received, type Track, WAIT_MS } from './track.ts';

/** Packets in that time at 100 Mbit/s. */
const PACKETS_MAX = 1_000;

/** How far pictures are taken to be apart before a second one came, in seconds. */
const STEP_SECONDS = 1 / 30;

type AnyPicture = NalPicture | Picture;
type ReadPicture = (payloads: readonly Uint8Array[]) => AnyPicture | null;

function readerOf(payload: PicturePayload): ReadPicture {
  switch (payload.codec) {
    case 'h264':
      return h264Reader(payload.parameterSets);
    case 'hevc':
      return hevcReader(payload.parameterSets);
    case 'vp9':
      return pictureReader('VP9');
    case 'av1':
      return pictureReader('AV1');
  }
}

/** Pictures of one stream. After a loss the next one is a key frame: nothing broken is passed on. */
export class PictureTrack implements Track {
  readonly kind = 'video';
  readonly timescale: number;
  readonly #read: ReadPicture;
  readonly #reorder = new Reorder({ waitMs: WAIT_MS, packetsMax: PACKETS_MAX });
  readonly #units = new AccessUnits();
  readonly #counter = new Counter(32);
  #decodeTimes: DecodeTimes;
  readonly #step: Ticks;
  #entry: Uint8Array | null = null;
  #reorderDepth: number | null = 0;
  #lastDts: Ticks | null = null;
  /** What may be passed on: nothing before a key frame, nothing that leads the first one, or all. */
  #takes: 'key' | 'following' | 'all' = 'key';

  constructor(payload: PicturePayload, clockRate: number) {
    this.timescale = clockRate;
    this.#read = readerOf(payload);
    this.#step = Math.round(clockRate * STEP_SECONDS);
    this.#decodeTimes = new DecodeTimes(this.#step);
  }

  push(packet: Packet, nowMs: Milliseconds): readonly Received[] {
    const ordered = this.#reorder.push(packet, nowMs);
    return ordered
      .flatMap((each) => this.#units.push(each))
      .map((gathered) => this.#receive(gathered))
      .filter((received) => received !== null);
  }

  timeOf(timestamp: number): Ticks {
    return this.#counter.peek(timestamp);
  }

  #receive(gathered: Gathered): Received | null {
    const picture = gathered.kind === 'unit' ? this.#tryRead(gathered.payloads) : 'broken';
    if (picture === 'broken' || gathered.kind === 'broken') this.#takes = 'key';
    else if (picture !== null && this.#isTaken(picture)) return this.#sample(picture, gathered.timestamp);
    return null;
  }

  #isTaken({ kind }: AnyPicture): boolean {
    if (kind === 'key') this.#takes = this.#takes === 'key' ? 'following' : 'all';
    if (kind === 'leading') return this.#takes === 'all';
    return this.#takes !== 'key';
  }

  #sample(picture: AnyPicture, timestamp: number): Received | null {
    if (picture.kind === 'key')
      this.#describe(picture.entry, 'reorderDepth' in picture ? picture.reorderDepth : 0);
    if (this.#entry === null) return null;
    const shown = this.#counter.extend(timestamp);
    const dts = this.#decodeTimes.push(shown, this.#reorderDepth);
    const duration = this.#lastDts === null ? this.#step : dts - this.#lastDts;
    this.#lastDts = dts;
    const { data } = picture;
    const sample = { dts, compositionOffset: shown - dts, duration, sync: picture.kind === 'key', data };
    return { sample, entry: this.#entry, shown };
  }

  #describe(visual: VisualEntry, reorderDepth: number | null): void {
    const entry = writeVisual(visual);
    if (this.#entry !== null && isEqual(this.#entry, entry)) return;
    this.#entry = entry;
    this.#reorderDepth = reorderDepth;
    this.#decodeTimes = new DecodeTimes(this.#step);
  }

  /** Null where there is no picture, such as parameter sets alone. */
  #tryRead(payloads: readonly Uint8Array[]): AnyPicture | null | 'broken' {
    try {
      return this.#read(payloads);
    } catch (error) {
      if (error instanceof MalformedPayload || error instanceof MalformedBox) return 'broken';
      throw error;
    }
  }
}

const isEqual = (a: Uint8Array, b: Uint8Array) =>
  a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
