import { join } from '../join.ts';
import type { Milliseconds, Seconds } from '../time.ts';
import type { Payload } from './payload.ts';
import { printBye, printDescription } from './rtcp.ts';
import { printSenderReport } from './sender-report.ts';

const HEAD_BYTES = 12;
const VERSION_2 = 0x80;
const MARKED = 0x80;

export type PacketStreamOptions = {
  readonly payload: Payload;
  /** Names the stream: random, 32 bits (RFC 3550 §8). */
  readonly ssrc: number;
  /** Of the first packet: random, 16 bits. */
  readonly sequence: number;
  /** Timestamp of the time 0: random, 32 bits. */
  readonly timestamp: number;
};

/** One stream of RTP that is sent (RFC 3550 §5.1): numbers its packets, and counts them for its reports. */
export class PacketStream {
  readonly ssrc: number;
  readonly payload: Payload;
  readonly #timestamp: number;
  #sequence: number;
  #packets = 0;
  #octets = 0;

  constructor({ payload, ssrc, sequence, timestamp }: PacketStreamOptions) {
    this.payload = payload;
    this.ssrc = ssrc;
    this.#sequence = sequence;
    this.#timestamp = timestamp;
  }

  /** That of the next packet. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The RTP timestamp of a time on the stream's own timeline. */
  timestampAt(atSeconds: Seconds): number {
    return (this.#timestamp + Math.round(atSeconds * this.payload.clockRate)) >>> 0;
  }

  /** Whole packets of payloads that belong together and share a timestamp. Nobody may change them. */
  write(payloads: readonly Uint8Array[], atSeconds: Seconds): readonly Uint8Array[] {
    const timestamp = this.timestampAt(atSeconds);
    const last = this.payload.marksEnd ? payloads.length - 1 : -1;
    const bytes = payloads.reduce((sum, { byteLength }) => sum + HEAD_BYTES + byteLength, 0);
    const view = new DataView(new ArrayBuffer(bytes));
    let at = 0;
    return payloads.map((payload, index) => {
      const packet = new Uint8Array(view.buffer, at, HEAD_BYTES + payload.byteLength);
      view.setUint8(at, VERSION_2);
      view.setUint8(at + 1, (index === last ? MARKED : 0) | this.payload.format.payloadType);
      view.setUint16(at + 2, this.#count(payload));
      view.setUint32(at + 4, timestamp);
      view.setUint32(at + 8, this.ssrc);
      packet.set(payload, HEAD_BYTES);
      at += packet.byteLength;
      return packet;
    });
  }

  /** The sequence number of a packet with this payload. */
  #count({ byteLength }: Uint8Array): number {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) % 2 ** 16;
    this.#packets += 1;
    this.#octets += byteLength;
    return sequence;
  }

  /**
   * A sender report and the stream's canonical name (RFC 3550 §6.1, §6.4.1) for an instant: by the wall clock, in
   * milliseconds since 1970, and on the stream's own timeline.
   */
  report(wallMs: Milliseconds, atSeconds: Seconds, cname: string): Uint8Array {
    const report = printSenderReport({
      ssrc: this.ssrc,
      wallMs,
      timestamp: this.timestampAt(atSeconds),
      packets: this.#packets,
      octets: this.#octets,
    });
    return join([report, printDescription(this.ssrc, cname)]);
  }

  /** The last report, and that the stream ends (RFC 3550 §6.6). */
  bye(wallMs: Milliseconds, atSeconds: Seconds, cname: string): Uint8Array {
    return join([this.report(wallMs, atSeconds, cname), printBye(this.ssrc)]);
  }
}
