import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import { MalformedPayload } from '../../../media/rtp/packet.ts';
import { PAYLOAD_MAX_BYTES, type Packetizer, packetizerOf } from '../../../media/rtp/packetizer.ts';
import { Sender } from '../../../media/rtp/sender.ts';
import { presentationTime, type Sample } from '../../../media/sample.ts';
import type { Format } from '../../../media/sdp/media.ts';
import { type Milliseconds, type Seconds, toSeconds } from '../../../media/time.ts';
import type { TrackId } from '../../../wire/ids.ts';
import { Durations } from '../../packaging/durations.ts';
import { randomStart, type Start } from '../random-start.ts';
import type { Seat } from './place.ts';
import type { Next, StreamTrack } from './receiver.ts';

/** Dynamic payload types (RFC 3551 §6): one for each kind, since every track has ports of its own. */
const PAYLOAD_TYPES = { video: 96, audio: 97 } as const;

/** A track of a live stream: it times samples, and packetises them. */
export class LiveTrack {
  readonly described: StreamTrack;
  /** Who receives it. */
  readonly seats = new Set<Seat>();
  readonly #timescale: number;
  readonly #packetizer: Packetizer;
  readonly #start: Start;
  readonly #sender: Sender;
  /** Until the track's first sample is put where it belongs. */
  #first: Durations | null = new Durations();
  /** Where the last sample is shown, and when the latest one ends. */
  #at: Seconds;
  end: Seconds;
  /** A sample was shown before one that is decoded before it. */
  isReordered = false;

  private constructor(described: StreamTrack, timescale: number, packetizer: Packetizer, before?: LiveTrack) {
    this.described = described;
    this.#timescale = timescale;
    this.#packetizer = packetizer;
    this.#start = before ? { ...before.#start, sequence: before.#sender.sequence } : randomStart();
    this.#sender = new Sender({ packetizer, ...this.#start });
    this.#at = before?.end ?? 0;
    this.end = before?.end ?? 0;
  }

  /** Null for a codec that RTP has no payload format for. */
  static of(id: TrackId, { sampleEntry, timescale, handler }: MovieTrack): LiveTrack | null {
    const kind = handler === 'soun' ? 'audio' : 'video';
    const options = { payloadType: PAYLOAD_TYPES[kind], maxBytes: PAYLOAD_MAX_BYTES };
    const packetizer = packetizerOf({ sampleEntry, timescale }, options);
    if (packetizer === null) return null;
    const { format, clockRate } = packetizer;
    return new LiveTrack({ id, kind, format, clockRate, sampleEntry }, timescale, packetizer);
  }

  get id(): TrackId {
    return this.described.id;
  }

  get kind(): 'video' | 'audio' {
    return this.described.kind;
  }

  get source() {
    return { sampleEntry: this.described.sampleEntry, timescale: this.#timescale };
  }

  /** Whether who was told of the other one can decode this one. */
  isLike({ described }: LiveTrack): boolean {
    const { clockRate, format } = this.described;
    return clockRate === described.clockRate && wordsOf(format) === wordsOf(described.format);
  }

  /** The same track, going on in the RTP stream of the epoch before where that had its format. */
  after(before: LiveTrack | undefined): LiveTrack {
    if (before === undefined || !this.isLike(before)) return this;
    return new LiveTrack(this.described, this.#timescale, this.#packetizer, before);
  }

  /** Where its last sample is shown: the next key frame is not earlier. */
  get at(): Seconds {
    return this.#at;
  }

  /** The number of its next packet, and the timestamp of a moment. */
  nextAt(at: Seconds): Next {
    const { sequence } = this.#sender;
    return { sequence, timestamp: this.#sender.timestampAt(at), ssrc: this.#start.ssrc };
  }

  /** The same sample, or the ones that it sets right: see `Durations` about the first of a track. */
  time(sample: Sample): readonly Sample[] {
    if (this.#first === null) return [sample];
    const first = this.#first.push(sample);
    if (first === null) return [];
    this.#first = null;
    return [first, sample];
  }

  /** When a sample is shown, on the feed's clock. */
  shown(sample: Sample): Seconds {
    return toSeconds(presentationTime(sample), this.#timescale);
  }

  /** The stream has come so far. */
  reached(at: Seconds, { duration }: Sample): void {
    this.isReordered ||= at < this.#at;
    this.#at = at;
    this.end = Math.max(this.end, at + toSeconds(duration, this.#timescale));
  }

  /** Null for a sample that is none. */
  packets(sample: Sample, at: Seconds): readonly Uint8Array[] | null {
    try {
      return this.#sender.packets(sample, at);
    } catch (error) {
      if (error instanceof MalformedPayload) return null;
      throw error;
    }
  }

  report(wallMs: Milliseconds, at: Seconds, cname: string): Uint8Array {
    return this.#sender.report(wallMs, at, cname);
  }

  bye(wallMs: Milliseconds, at: Seconds, cname: string): Uint8Array {
    return this.#sender.bye(wallMs, at, cname);
  }
}

/** What a description says of a format. */
const wordsOf = ({ payloadType, encoding, parameters }: Format) =>
  JSON.stringify([payloadType, encoding, [...parameters]]);
