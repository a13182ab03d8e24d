import type { Sample } from '../sample.ts';
import { type Seconds, type Ticks, toSeconds, toTicks } from '../time.ts';
import { type Carriage, carriageOf } from './carriage.ts';
import { CLOCK_RATE, timestamp } from './clock.ts';
import { writeTable } from './multiplex.ts';
import { CLOCK_BYTES, PACKET_BYTES, ROOM, writePacket } from './packet.ts';
import { VIDEO_STREAM, writePes } from './pes.ts';
import { MEDIA_PID, PAT_PID, PMT_PID, programAssociation, programMap } from './section.ts';

/** A track as its movie describes it. */
export type ProgramTrack = { readonly sampleEntry: Uint8Array; readonly timescale: number };

/** How far the clock is behind what is decoded: sound may come so much later than the pictures that it goes with. */
const CLOCK_LEAD: Seconds = 0.7;

/** Who joins between key frames knows after this time what there is. */
const TABLES_EVERY: Seconds = 0.5;

type Stream = {
  readonly carriage: Carriage;
  readonly pid: number;
  readonly timescale: number;
  counter: number;
};

/**
 * Writes a program of several tracks (ISO/IEC 13818-1) without end, sample by sample as they come. Its tables come
 * before each key frame. The clock is with the first picture track, or the first sound: where its samples are further
 * apart than the 0.1 s of §2.7.2, so are the references.
 */
export class ProgramWriter {
  readonly #streams: readonly Stream[];
  readonly #clock: Stream | undefined;
  readonly #map: Uint8Array;
  #tables = 0;
  #tablesAt: Seconds = Number.NEGATIVE_INFINITY;

  private constructor(streams: readonly Stream[]) {
    this.#streams = streams;
    const isPicture = ({ carriage }: Stream) => carriage.streamId === VIDEO_STREAM;
    this.#clock = streams.find(isPicture) ?? streams[0];
    const byClock = streams.toSorted((a, b) => Number(b === this.#clock) - Number(a === this.#clock));
    this.#map = programMap(byClock.map(({ pid, carriage }) => ({ pid, type: carriage.streamType })));
  }

  /** Null where one of the tracks has no form in MPEG-TS here. Throws MalformedBox. */
  static of(tracks: readonly ProgramTrack[]): ProgramWriter | null {
    const streams = tracks.flatMap(({ sampleEntry, timescale }, index) => {
      const carriage = carriageOf(sampleEntry);
      return carriage === null ? [] : [{ carriage, pid: MEDIA_PID + index, timescale, counter: 0 }];
    });
    return streams.length === tracks.length ? new ProgramWriter(streams) : null;
  }

  /** The packets of a sample of the track at `index`, which is shown at `atSeconds`. Throws MalformedBox. */
  write(index: number, sample: Sample, atSeconds: Seconds): Uint8Array {
    const stream = this.#streams[index];
    if (stream === undefined || sample.data.byteLength === 0) return new Uint8Array();
    const { carriage, timescale } = stream;
    const decoded = atSeconds - toSeconds(sample.compositionOffset, timescale);
    const pes = writePes({
      streamId: carriage.streamId,
      ...{ pts: ticksAt(atSeconds), dts: ticksAt(decoded) },
      parts: carriage.frame(sample),
    });
    const hasClock = stream === this.#clock;
    const hasTables = hasClock && this.#needsTables(carriage, sample, decoded);
    const count = Math.ceil((pes.byteLength + (hasClock ? CLOCK_BYTES : 0)) / ROOM);
    const bytes = new Uint8Array((count + (hasTables ? 2 : 0)) * PACKET_BYTES);
    const at = hasTables ? this.#writeTables(bytes) : 0;
    writeUnit(bytes, at, stream, {
      pes,
      clock: hasClock ? ticksAt(decoded - CLOCK_LEAD) : null,
      sync: sample.sync,
    });
    return bytes;
  }

  #needsTables({ streamId }: Carriage, { sync }: Sample, decoded: Seconds): boolean {
    const isDue = Math.abs(decoded - this.#tablesAt) >= TABLES_EVERY || (sync && streamId === VIDEO_STREAM);
    if (isDue) this.#tablesAt = decoded;
    return isDue;
  }

  #writeTables(bytes: Uint8Array): number {
    writeTable(bytes, 0, PAT_PID, this.#tables, programAssociation());
    writeTable(bytes, PACKET_BYTES, PMT_PID, this.#tables, this.#map);
    this.#tables += 1;
    return 2 * PACKET_BYTES;
  }
}

/** A time as a timestamp of 33 bits. */
const ticksAt = (seconds: Seconds): Ticks => timestamp(toTicks(seconds, CLOCK_RATE), CLOCK_RATE);

type Unit = { readonly pes: Uint8Array; readonly clock: Ticks | null; readonly sync: boolean };

/** A PES packet to the end of `bytes`; what is left of its first packets is stuffed. */
function writeUnit(bytes: Uint8Array, from: number, stream: Stream, { pes, clock, sync }: Unit): void {
  let taken = 0;
  for (let at = from; at < bytes.byteLength; at += PACKET_BYTES) {
    const starts = at === from;
    const size = Math.min(starts && clock !== null ? ROOM - CLOCK_BYTES : ROOM, pes.byteLength - taken);
    writePacket(bytes, at, {
      ...{ pid: stream.pid, counter: stream.counter, starts, randomAccess: starts && sync },
      clock: starts ? clock : null,
      payload: pes.subarray(taken, taken + size),
    });
    stream.counter = (stream.counter + 1) & 0xf;
    taken += size;
  }
}
