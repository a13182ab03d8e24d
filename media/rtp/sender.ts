import type { Sample } from '../sample.ts';
import type { Seconds } from '../time.ts';
import { PacketStream, type PacketStreamOptions } from './packet-stream.ts';
import type { Packetizer } from './payload.ts';

export type SenderOptions = Omit<PacketStreamOptions, 'payload'> & { readonly packetizer: Packetizer };

/** One track that is sent over RTP. */
export class Sender extends PacketStream {
  readonly #packetizer: Packetizer;

  constructor({ packetizer, ...options }: SenderOptions) {
    super({ ...options, payload: packetizer });
    this.#packetizer = packetizer;
  }

  /**
   * Whole packets of the next sample, which is shown at `atSeconds` on the stream's own timeline. Nobody may change
   * them. Throws MalformedPayload for a sample that is none.
   */
  packets(sample: Sample, atSeconds: Seconds): readonly Uint8Array[] {
    return this.write(this.#packetizer.payloads(sample), atSeconds);
  }
}
