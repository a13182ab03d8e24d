import { MalformedRtmp } from './malformed.ts';

/** The only version in use (Adobe RTMP 1.0 §5.2.2); 6 would be the encrypted one of Flash Player. */
const VERSION = 3;

/** Bytes of C1, C2, S1 and S2 (§5.2.3, §5.2.4): two times of four bytes, then random ones. */
const PACKET_BYTES = 1536;

/** Random bytes that a server's handshake needs. */
export const RANDOM_BYTES = PACKET_BYTES - 8;

export type Progress = {
  /** S0, S1 and S2, once C1 is whole. */
  readonly reply: Uint8Array | null;
  /** The bytes behind the handshake, once it is over. */
  readonly rest: Uint8Array | null;
};

/**
 * The server's side of the simple handshake. C2 is taken as it comes: clients differ in what they echo, and the digests
 * that Flash Player asked for are for players, not publishers. ffmpeg and librtmp see the 0 in S1 and ask for none.
 */
export class Handshake {
  readonly #random: Uint8Array;
  readonly #held = new Uint8Array(1 + PACKET_BYTES);
  #length = 0;

  constructor(random: Uint8Array) {
    this.#random = random;
  }

  /** Takes the next bytes. Throws MalformedRtmp for another version. */
  push(bytes: Uint8Array): Progress {
    if (this.#length === 0 && bytes.length > 0 && bytes[0] !== VERSION)
      throw new MalformedRtmp('handshake', `version ${bytes[0]}, not ${VERSION}`);
    const held = this.#held.length;
    const before = this.#length;
    if (before < held) this.#held.set(bytes.subarray(0, held - before), before);
    this.#length += bytes.length;
    const isAnswered = before < held && this.#length >= held;
    const over = this.#length - held - PACKET_BYTES;
    return {
      reply: isAnswered ? this.#reply() : null,
      rest: over >= 0 ? bytes.subarray(bytes.length - over) : null,
    };
  }

  /** §5.2.3: our time is 0. S2 is C1 with the time at which it was read, 0 as well. */
  #reply(): Uint8Array {
    const reply = new Uint8Array(1 + 2 * PACKET_BYTES);
    reply[0] = VERSION;
    reply.set(this.#random.subarray(0, RANDOM_BYTES), 9);
    reply.set(this.#held.subarray(1), 1 + PACKET_BYTES);
    reply.fill(0, 1 + PACKET_BYTES + 4, 1 + PACKET_BYTES + 8);
    return reply;
  }
}
