import type { Batch } from '../rtp/live/receiver.ts';

/** Packets kept of a stream: 2 s of 2 Mb/s. What is lost longer ago than that comes too late. */
const PACKETS_MAX = 512;

/** 16 bits at byte 2 of an RTP packet (RFC 3550 §5.1). */
export const sequenceOf = (packet: Uint8Array): number => ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);

/** The last packets of an RTP stream, for all its viewers: what one of them lost is sent again. */
export class History {
  readonly #packets: Uint8Array[] = [];
  #last: Batch | null = null;

  /** Adds what one of the viewers is sent; the others are sent the same. */
  add(batch: Batch): void {
    if (batch === this.#last) return;
    this.#last = batch;
    for (const packet of batch.packets) this.#packets[sequenceOf(packet) % PACKETS_MAX] = packet;
  }

  /** Null for one that is not kept any more. */
  get(sequence: number): Uint8Array | null {
    const packet = this.#packets[sequence % PACKETS_MAX];
    return packet !== undefined && sequenceOf(packet) === sequence ? packet : null;
  }
}
