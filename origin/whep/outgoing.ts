import { type RTCDtlsTransport, RtcpSenderInfo, RtcpSrPacket, RtpHeader } from 'werift';
import type { Agreed } from './agreement.ts';
import { type History, sequenceOf } from './history.ts';

/** Bytes before the payload: packets of our own have neither extensions nor contributors (RFC 3550 §5.1). */
const HEAD_BYTES = 12;

/**
 * The first sequence number of a viewer is below half of all: a packet that is lost there can't leave the two ends with
 * different counts of rollovers (RFC 3711 §3.3.1).
 */
const FIRST_BELOW = 2 ** 15;

/** Packets of a viewer that may be sent again at once: a key frame. What a viewer asks for is not to be a flood. */
const REPAIRS_MAX = 256;
/** How many it regains with each packet that is sent. */
const REPAIRS_REGAINED = 0.25;

export type OutgoingOptions = {
  /** Encrypts, and sends without waiting. */
  readonly transport: Pick<RTCDtlsTransport, 'sendRtp' | 'sendRtcp'>;
  readonly agreed: Agreed;
  /** Those that the answer says: of the stream, and of what is sent again. */
  readonly ssrc: number;
  readonly repairSsrc: number;
  readonly history: History;
};

/**
 * A stream as it goes to one viewer: with the payload type of its offer and sequence numbers of its own. The payloads
 * are shared by all viewers; each has its own key (RFC 3711).
 */
export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #head: RtpHeader;
  readonly #repairHead: RtpHeader;
  /** From the shared sequence numbers to the viewer's. */
  #shift: number | null = null;
  #packets = 0;
  #octets = 0;
  #credit = REPAIRS_MAX;

  constructor(options: OutgoingOptions) {
    const { agreed, ssrc, repairSsrc } = options;
    this.#options = options;
    const sequenceNumber = random16() % FIRST_BELOW;
    this.#head = new RtpHeader({ ssrc, payloadType: agreed.payloadType });
    this.#repairHead = new RtpHeader({
      ssrc: repairSsrc,
      payloadType: agreed.repairType ?? 0,
      sequenceNumber,
    });
  }

  send(packets: readonly Uint8Array[]): void {
    for (const packet of packets) {
      this.#shift ??= (random16() % FIRST_BELOW) - sequenceOf(packet);
      const head = this.#head;
      head.sequenceNumber = (sequenceOf(packet) + this.#shift) & 0xffff;
      const payload = this.#fill(head, packet);
      this.#packets += 1;
      this.#octets += payload.byteLength;
      void this.#options.transport.sendRtp(payload, head);
    }
    this.#credit = Math.min(REPAIRS_MAX, this.#credit + packets.length * REPAIRS_REGAINED);
  }

  /**
   * What the viewer lost (RFC 4585 §6.2.1) is sent in a stream of its own (RFC 4588 §4), as long as it is
   * kept. Gives how many packets were.
   */
  resend(lost: readonly number[]): number {
    const { agreed, history, transport } = this.#options;
    if (agreed.repairType === null || this.#shift === null) return 0;
    let sent = 0;
    for (const sequence of lost) {
      const packet = history.get((sequence - this.#shift) & 0xffff);
      if (packet === null || this.#credit < 1) continue;
      this.#credit -= 1;
      sent += 1;
      const head = this.#repairHead;
      const payload = this.#fill(head, packet);
      void transport.sendRtp(Buffer.concat([Uint8Array.of(sequence >> 8, sequence), payload]), head);
      head.sequenceNumber = (head.sequenceNumber + 1) & 0xffff;
    }
    return sent;
  }

  /** Tells the viewer what the shared stream's sender report says: when is which timestamp (RFC 3550 §6.4.1). */
  report(shared: Uint8Array): void {
    const view = new DataView(shared.buffer, shared.byteOffset, shared.byteLength);
    const senderInfo = new RtcpSenderInfo({
      ntpTimestamp: view.getBigUint64(8),
      rtpTimestamp: view.getUint32(16),
      packetCount: this.#packets >>> 0,
      octetCount: this.#octets >>> 0,
    });
    const report = new RtcpSrPacket({ ssrc: this.#head.ssrc, senderInfo, reports: [] });
    void this.#options.transport.sendRtcp([report]).catch(() => {});
  }

  /** Marker and timestamp are those of the shared packet; gives its payload. */
  #fill(head: RtpHeader, packet: Uint8Array): Buffer {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    head.marker = view.getUint8(1) >= 0x80;
    head.timestamp = view.getUint32(4);
    return Buffer.from(packet.buffer, packet.byteOffset + HEAD_BYTES, packet.byteLength - HEAD_BYTES);
  }
}

const random16 = () => crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
