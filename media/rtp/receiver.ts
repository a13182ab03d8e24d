import type { Milliseconds } from '../time.ts';
import type { Format } from './format.ts';
import { readPacket } from './packet-reader.ts';
import { PictureTrack } from './picture-track.ts';
import { Reception } from './reception.ts';
import { printReport, readControl } from './rtcp.ts';
import { SoundTrack } from './sound-track.ts';
import type { Received, Track } from './track.ts';

/** Makes what reads the packets of a format. */
const trackOf = (format: Format): Track =>
  format.kind === 'video'
    ? new PictureTrack(format.payload, format.clockRate)
    : new SoundTrack(format.payload, format.clockRate);

/** What a datagram or frame brought. */
export type Arrived =
  | { readonly kind: 'samples'; readonly samples: readonly Received[] }
  /** The stream begins anew: what was received before has another clock. */
  | { readonly kind: 'restart'; readonly samples: readonly Received[] };

/** The time at the sender, in milliseconds since 1900, at an RTP timestamp. */
export type SenderTime = { readonly senderMs: Milliseconds; readonly timestamp: number };

const NOTHING: Arrived = { kind: 'samples', samples: [] };

/** One stream of RTP and its RTCP (RFC 3550), from bytes to samples. */
export class Receiver {
  readonly #format: Format;
  #track: Track;
  #reception: Reception | null = null;
  #senderTime: (SenderTime & { readonly ssrc: number }) | null = null;

  constructor(format: Format) {
    this.#format = format;
    this.#track = trackOf(format);
  }

  /** Reads on with what is known of the clock of its samples. */
  get track(): Track {
    return this.#track;
  }

  /** What the last sender report said of this stream; null before there was one. */
  get senderTime(): SenderTime | null {
    const { ssrc } = this.#senderTime ?? {};
    return this.#reception === null || this.#reception.ssrc === ssrc ? this.#senderTime : null;
  }

  /** Takes an RTP packet; what is none, or of another payload type, is left out. */
  packet(bytes: Uint8Array, nowMs: Milliseconds): Arrived {
    const packet = readPacket(bytes);
    if (packet === null || packet.payloadType !== this.#format.payloadType) return NOTHING;
    const isOther = this.#reception !== null && this.#reception.ssrc !== packet.ssrc;
    if (isOther) this.restart();
    this.#reception ??= new Reception(packet.ssrc, this.#format.clockRate);
    this.#reception.push(packet, nowMs);
    const samples = this.#track.push(packet, nowMs);
    return { kind: isOther ? 'restart' : 'samples', samples };
  }

  /** Takes a compound packet of RTCP. */
  control(bytes: Uint8Array, nowMs: Milliseconds): void {
    for (const control of readControl(bytes)) {
      if (control.kind !== 'report') continue;
      this.#senderTime = control;
      if (this.#reception?.ssrc === control.ssrc) this.#reception.heard(control.shortTime, nowMs);
    }
  }

  /** Forgets what it knows of the clock. */
  restart(): void {
    this.#track = trackOf(this.#format);
    this.#reception = null;
  }

  /** A receiver report under our own `ssrc`; null before the first packet. */
  report(ssrc: number, name: string, nowMs: Milliseconds): Uint8Array | null {
    const block = this.#reception?.report(nowMs) ?? null;
    return block && printReport(ssrc, name, block);
  }
}
