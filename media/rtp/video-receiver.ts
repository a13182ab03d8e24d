import { MalformedBox } from '../isobmff/box.ts';
import { type Milliseconds, type Ticks, toMilliseconds } from '../time.ts';
import { AccessUnits, type Gathered } from './access-units.ts';
import { Counter } from './counter.ts';
import { MalformedPayload, type Packet } from './packet.ts';
import { type Picture, type PictureCodec, pictureReader, type ReadPicture } from './picture.ts';
import { Reorder } from './reorder.ts';

/** Every 90,000th of a second (RFC 6184 §8.2.1, RFC 9628 §6, RTP Payload Format For AV1 v1.0 §7.1). */
export const VIDEO_RATE = 90_000;

/** A lost packet is asked for again at once; this is two round trips around the earth's other side. */
const WAIT_MS: Milliseconds = 500;

/** Packets in that time at 30 Mbit/s. */
const PACKETS_MAX = 2_000;

export type ReceivedPicture =
  | { readonly kind: 'picture'; readonly picture: Picture; readonly time: Ticks }
  /** What comes next can't be decoded: a key frame has to be asked for. Said for each picture that is dropped. */
  | { readonly kind: 'broken' };

/** Turns the packets of a stream into pictures that can be decoded: after a loss the next one is a key frame. */
export class VideoReceiver {
  readonly #reorder = new Reorder({ waitMs: WAIT_MS, packetsMax: PACKETS_MAX });
  readonly #units = new AccessUnits();
  readonly #counter = new Counter(32);
  readonly #read: ReadPicture;
  #needsKey = true;

  constructor(codec: PictureCodec) {
    this.#read = pictureReader(codec);
  }

  /** Takes a packet that came at `nowMs`. */
  push(packet: Packet, nowMs: Milliseconds): ReceivedPicture[] {
    const ordered = this.#reorder.push(packet, nowMs);
    return ordered.flatMap((each) => this.#units.push(each)).map((gathered) => this.#receive(gathered));
  }

  /** A timestamp on the clock of the pictures; null before the first one. */
  mediaMs(timestamp: number): Milliseconds | null {
    return this.#needsKey ? null : toMilliseconds(this.#counter.peek(timestamp), VIDEO_RATE);
  }

  #receive(gathered: Gathered): ReceivedPicture {
    const picture = gathered.kind === 'unit' ? this.#tryRead(gathered.payloads) : null;
    if (picture === null || gathered.kind === 'broken') return this.#break();
    if (this.#needsKey && picture.kind !== 'key') return this.#break();
    this.#needsKey = false;
    return { kind: 'picture', picture, time: this.#counter.extend(gathered.timestamp) };
  }

  #break(): ReceivedPicture {
    this.#needsKey = true;
    return { kind: 'broken' };
  }

  /** Strangers send the bytes: what can't be read is as good as lost. */
  #tryRead(payloads: readonly Uint8Array[]): Picture | null {
    try {
      return this.#read(payloads);
    } catch (error) {
      if (error instanceof MalformedPayload || error instanceof MalformedBox) return null;
      throw error;
    }
  }
}
