import {
  type MediaStreamTrack,
  PictureLossIndication,
  ReceiverEstimatedMaxBitrate,
  type RTCPeerConnection,
  type RTCRtpTransceiver,
  RtcpPayloadSpecificFeedback,
  RtcpSrPacket,
} from 'werift';
import type { Packet } from '../../../media/rtp/packet.ts';
import type { Milliseconds } from '../../../media/time.ts';
import { answer, codec, openConnection } from '../../webrtc/connection.ts';
import type { Network } from '../../webrtc/network.ts';
import type { Kind } from './alignment.ts';
import type { Offer } from './offer.ts';
import { withStartRate } from './start-rate.ts';

export type PeerOptions = Network & {
  /** Most that a publisher is asked to send, in bits per second. */
  readonly maxBitsPerSecond: number;
  /** The publisher is on this machine, which may have no network. */
  readonly isLocal: boolean;
};

/** What a publisher sends, as it comes. */
export type PeerEvents = {
  readonly connected: () => void;
  readonly packet: (kind: Kind, packet: Packet) => void;
  /** A sender report: it was `senderMs` on the sender's clock at this RTP timestamp. */
  readonly report: (kind: Kind, timestamp: number, senderMs: Milliseconds) => void;
  /** The connection is gone, and why. */
  readonly closed: (reason: string) => void;
};

/** A sender report counts seconds since 1900 in 32.32 fixed point (RFC 3550 §4). */
const fromNtp = (ntp: bigint): Milliseconds => Number((ntp * 1000n) >> 16n) / 65_536;

/** Bits of the mantissa in draft-alvestrand-rmcat-remb §2.2. */
const MANTISSA_BITS = 18;

/** The other end of a publisher's RTCPeerConnection. */
export class Peer {
  readonly answer: string;
  readonly #connection: RTCPeerConnection;
  readonly #options: PeerOptions;

  private constructor(connection: RTCPeerConnection, answer: string, options: PeerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.answer = answer;
  }

  /** Answers an offer, once all own addresses are gathered. Throws what werift says of an offer that it can't take. */
  static async open(offer: Offer, options: PeerOptions, events: PeerEvents): Promise<Peer> {
    const { video, audio } = offer;
    const codecs = {
      video: video === null ? [] : [codec(`video/${video.codec}`, 90_000)],
      audio: audio === null ? [] : [codec('audio/opus', 48_000)],
    };
    const connection = openConnection({ ...options, codecs });
    try {
      listen(connection, events);
      const plain = await answer(connection, offer.sdp, options);
      const start = options.maxBitsPerSecond / 2;
      const told = video === null ? plain : withStartRate(plain, video.payloadType, start);
      return new Peer(connection, told, options);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async addCandidate(candidate: string, mid: string | null): Promise<void> {
    await this.#connection.addIceCandidate({ candidate, sdpMid: mid ?? '0' });
  }

  /** Asks for a key frame (PLI, RFC 4585 §6.3.1). */
  requestKey(): void {
    this.#feedback((senderSsrc, mediaSsrc) => new PictureLossIndication({ senderSsrc, mediaSsrc }));
  }

  /** Says how much may be sent (REMB); a sender forgets it when it is not said again. */
  limit(): void {
    const { maxBitsPerSecond } = this.#options;
    const brExp = Math.max(0, Math.ceil(Math.log2(maxBitsPerSecond)) - MANTISSA_BITS);
    const brMantissa = Math.floor(maxBitsPerSecond / 2 ** brExp);
    this.#feedback(
      (senderSsrc, ssrc) =>
        new ReceiverEstimatedMaxBitrate({
          senderSsrc,
          mediaSsrc: 0,
          ssrcNum: 1,
          brExp,
          brMantissa,
          ssrcFeedbacks: [ssrc],
        }),
    );
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Feedback that is lost is said again soon, so nobody waits for it. */
  #feedback(
    make: (senderSsrc: number, mediaSsrc: number) => PictureLossIndication | ReceiverEstimatedMaxBitrate,
  ): void {
    const transceiver = this.#connection.getTransceivers().find(({ kind }) => kind === 'video');
    const ssrc = transceiver?.receiver.track.ssrc;
    if (transceiver === undefined || ssrc === undefined || this.#connection.connectionState !== 'connected')
      return;
    const packet = new RtcpPayloadSpecificFeedback({ feedback: make(transceiver.receiver.rtcpSsrc, ssrc) });
    transceiver.dtlsTransport.sendRtcp([packet]).catch(() => {});
  }
}

function listen(connection: RTCPeerConnection, events: PeerEvents): void {
  connection.connectionStateChange.subscribe((state) => {
    if (state === 'connected') events.connected();
    if (state === 'failed') events.closed('no connection could be made, or it was lost');
    if (state === 'closed') events.closed('the publisher closed the connection');
  });
  connection.onRemoteTransceiverAdded.subscribe((transceiver) => hear(transceiver, events));
}

function hear(transceiver: RTCRtpTransceiver, events: PeerEvents): void {
  transceiver.onTrack.subscribe((track) => hearTrack(track, events));
}

function hearTrack(track: MediaStreamTrack, { packet, report }: PeerEvents): void {
  const { kind } = track;
  if (kind !== 'video' && kind !== 'audio') return;
  track.onReceiveRtp.subscribe(({ header, payload }) => {
    const { sequenceNumber: sequence, timestamp, marker } = header;
    packet(kind, { sequence, timestamp, marker, payload });
  });
  track.onReceiveRtcp.subscribe((rtcp) => {
    if (!(rtcp instanceof RtcpSrPacket)) return;
    report(kind, rtcp.senderInfo.rtpTimestamp, fromNtp(rtcp.senderInfo.ntpTimestamp));
  });
}
