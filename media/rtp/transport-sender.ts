import { MalformedBox } from '../isobmff/box.ts';
import { type ProgramTrack, ProgramWriter } from '../mpegts/program-writer.ts';
import type { Sample } from '../sample.ts';
import { type Seconds, toSeconds } from '../time.ts';
import { MP2T, payloads, TRANSPORT_MAX_BYTES } from './mp2t.ts';
import { MalformedPayload } from './packet.ts';
import { PacketStream, type PacketStreamOptions } from './packet-stream.ts';

/** Times that go back by more than this are a new start. */
const BACK_MAX: Seconds = 2;

type Options = Omit<PacketStreamOptions, 'payload'>;

/** Several tracks that are sent over RTP as one stream of MPEG-TS. */
export class TransportSender extends PacketStream {
  readonly #tracks: readonly ProgramTrack[];
  readonly #program: ProgramWriter;
  #latest: Seconds = Number.NEGATIVE_INFINITY;

  private constructor(tracks: readonly ProgramTrack[], program: ProgramWriter, options: Options) {
    super({ ...options, payload: MP2T });
    this.#tracks = tracks;
    this.#program = program;
  }

  /** Null where a track has no form in MPEG-TS here, or can't be read. */
  static of(tracks: readonly ProgramTrack[], options: Options): TransportSender | null {
    try {
      const program = ProgramWriter.of(tracks);
      return program && new TransportSender(tracks, program, options);
    } catch (error) {
      if (error instanceof MalformedBox) return null;
      throw error;
    }
  }

  /**
   * Whole packets of the next sample of the track at `index`, which is shown at `atSeconds` on the stream's own
   * timeline. Their timestamps say when they are sent (RFC 2250 §2): they do not go back where sound comes behind the
   * pictures. Nobody may change the packets. Throws MalformedPayload for a sample that is none.
   */
  packets(index: number, sample: Sample, atSeconds: Seconds): readonly Uint8Array[] {
    const packets = this.#write(index, sample, atSeconds);
    const decoded = atSeconds - toSeconds(sample.compositionOffset, this.#tracks[index]?.timescale ?? 1);
    const isNew = decoded < this.#latest - BACK_MAX;
    this.#latest = isNew ? decoded : Math.max(this.#latest, decoded);
    return this.write(payloads(packets, TRANSPORT_MAX_BYTES), this.#latest);
  }

  #write(index: number, sample: Sample, atSeconds: Seconds): Uint8Array {
    try {
      return this.#program.write(index, sample, atSeconds);
    } catch (error) {
      if (error instanceof MalformedBox) throw new MalformedPayload('MPEG-TS', error.message);
      throw error;
    }
  }
}
