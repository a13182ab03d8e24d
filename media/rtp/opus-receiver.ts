import { OPUS_RATE, packetSamples } from '../codecs/opus-stream.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { type Milliseconds, type Ticks, toMilliseconds } from '../time.ts';
import { Counter } from './counter.ts';
import type { Packet } from './packet.ts';
import { Reorder } from './reorder.ts';

/** Sound is not sent again, so only reordering is waited for. */
const WAIT_MS: Milliseconds = 100;

/** Packets of 2.5 ms in that time, twice. */
const PACKETS_MAX = 80;

/** An Opus packet is a sample (RFC 7587 §4.2: one packet in each payload). */
export type ReceivedSound = { readonly data: Uint8Array; readonly time: Ticks; readonly duration: Ticks };

/** Turns the packets of a stream into sound, in order; what is lost or malformed is left out. */
export class OpusReceiver {
  readonly #reorder = new Reorder({ waitMs: WAIT_MS, packetsMax: PACKETS_MAX });
  readonly #counter = new Counter(32);
  #hasBegun = false;

  /** A timestamp on the clock of the sound; null before the first packet. */
  mediaMs(timestamp: number): Milliseconds | null {
    return this.#hasBegun ? toMilliseconds(this.#counter.peek(timestamp), OPUS_RATE) : null;
  }

  /** Takes a packet that came at `nowMs`. */
  push(packet: Packet, nowMs: Milliseconds): ReceivedSound[] {
    return this.#reorder.push(packet, nowMs).flatMap((ordered) => {
      if (ordered.kind === 'lost') return [];
      const { payload, timestamp } = ordered.packet;
      const duration = samplesOf(payload);
      if (duration === null) return [];
      this.#hasBegun = true;
      return [{ data: payload, duration, time: this.#counter.extend(timestamp) }];
    });
  }
}

/** Strangers send the bytes: what can't be read is as good as lost. */
function samplesOf(packet: Uint8Array): Ticks | null {
  try {
    return packetSamples(packet);
  } catch (error) {
    if (error instanceof MalformedBox) return null;
    throw error;
  }
}
