import {
  GenericNack,
  MediaStream,
  type RTCPeerConnection,
  type RTCRtpTransceiver,
  type RtcpPacket,
  RtcpTransportLayerFeedback,
} from 'werift';
import type { Milliseconds } from '../../media/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import { answer, codec, openConnection } from '../webrtc/connection.ts';
import type { Fragment } from '../webrtc/fragment.ts';
import type { Network } from '../webrtc/network.ts';
import type { Agreed } from './agreement.ts';
import { History } from './history.ts';
import type { Offer } from './offer.ts';
import { Outgoing } from './outgoing.ts';
import { type Chosen, type Kind, Reception } from './reception.ts';
import type { Relay } from './relay.ts';

/** What all viewers were sent, all in all. */
export type Counts = { packets: number; repaired: number };

export type ViewerOptions = {
  readonly offer: Offer;
  readonly chosen: Chosen;
  readonly relay: Relay;
  readonly network: Network;
  /** The viewer is on this machine. */
  readonly isLocal: boolean;
  readonly clock: Clock;
  readonly counts: Counts;
  /** Says that somebody watches; said again each second. */
  readonly want: () => void;
  /** Called once, when it is over, with why. */
  readonly onEnd: (reason: string) => void;
};

/** From the answer to the connection: ICE tries its last pair after about that time. */
const CONNECT_MS: Milliseconds = 15_000;

/** A player reports on what it gets at least every 5 s: one that misses two reports is gone. */
const SILENCE_MS: Milliseconds = 10_000;

/** How often it is looked for silence, and said that somebody watches. */
const TICK_MS: Milliseconds = 1_000;

/** One viewer: from its offer to its last packet. */
export class Viewer {
  readonly #options: ViewerOptions;
  readonly #connection: RTCPeerConnection;
  readonly #outgoing: Partial<Record<Kind, Outgoing>> = {};
  #stopTicking: () => void = () => {};
  #reception: Reception | null = null;
  #isConnected = false;
  #isOver = false;
  /** When something was heard of it, and when it was sent something. */
  #heardAtMs: Milliseconds;
  #sentAtMs: Milliseconds;

  private constructor(options: ViewerOptions) {
    const { offer, network, isLocal, clock } = options;
    this.#options = options;
    this.#heardAtMs = clock.now();
    this.#sentAtMs = clock.now();
    const { video, audio } = offer.agreed;
    const codecs = {
      video: video === null ? [] : [codec(`video/${video.name}`, 90_000), codec('video/rtx', 90_000)],
      audio: audio === null ? [] : [codec('audio/opus', 48_000)],
    };
    this.#connection = openConnection({ ...network, codecs, isLocal });
    this.#connection.connectionStateChange.subscribe((state) => {
      if (state === 'connected') this.#connected();
      if (state === 'failed') this.end('no connection could be made, or it was lost');
      if (state === 'closed') this.end('the viewer closed the connection');
    });
  }

  /** Throws what werift says of an offer that it can't take. */
  static async open(options: ViewerOptions): Promise<{ readonly viewer: Viewer; readonly answer: string }> {
    const viewer = new Viewer(options);
    try {
      const text = await viewer.#answer();
      viewer.#stopTicking = options.clock.every(TICK_MS, () => viewer.#tick());
      return { viewer, answer: text };
    } catch (error) {
      await viewer.#connection.close();
      throw error;
    }
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async addCandidates({ candidates }: Fragment): Promise<void> {
    const sdpMid = this.#options.offer.mid;
    for (const { candidate } of candidates) await this.#connection.addIceCandidate({ candidate, sdpMid });
  }

  /** May be called more than once. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTicking();
    this.#reception?.close();
    void this.#connection.close().catch(() => {});
    this.#options.onEnd(reason);
  }

  async #answer(): Promise<string> {
    const { offer, network } = this.#options;
    // Players keep in time what is of one stream.
    const streams = [new MediaStream()];
    for (const kind of ['video', 'audio'] as const) {
      const agreed = offer.agreed[kind];
      if (agreed === null) continue;
      const transceiver = this.#connection.addTransceiver(kind, { direction: 'sendonly', streams });
      this.#outgoing[kind] = this.#outgoingTo(transceiver, kind, agreed);
    }
    return offer.complete(await answer(this.#connection, offer.sdp, network));
  }

  #outgoingTo(transceiver: RTCRtpTransceiver, kind: Kind, agreed: Agreed): Outgoing {
    const { sender, dtlsTransport: transport } = transceiver;
    const track = this.#options.chosen[kind];
    const history = track === null ? new History() : this.#options.relay.history(track.id);
    const outgoing = new Outgoing({
      transport,
      agreed,
      ssrc: sender.ssrc,
      repairSsrc: sender.rtxSsrc,
      history,
    });
    sender.onRtcp.subscribe((packet) => this.#hear(packet, outgoing));
    return outgoing;
  }

  #hear(packet: RtcpPacket, outgoing: Outgoing): void {
    this.#heardAtMs = this.#options.clock.now();
    if (!(packet instanceof RtcpTransportLayerFeedback) || !(packet.feedback instanceof GenericNack)) return;
    this.#options.counts.repaired += outgoing.resend(packet.feedback.lost);
  }

  #connected(): void {
    if (this.#isConnected || this.#isOver) return;
    this.#isConnected = true;
    this.#heardAtMs = this.#options.clock.now();
    const { relay, chosen } = this.#options;
    this.#reception = new Reception(relay, chosen, {
      take: (kind, packets) => this.#send(kind, packets),
      control: (kind, report) => this.#outgoing[kind]?.report(report),
      end: (reason) => this.end(reason),
    });
  }

  #send(kind: Kind, packets: readonly Uint8Array[]): void {
    this.#sentAtMs = this.#options.clock.now();
    this.#options.counts.packets += packets.length;
    this.#outgoing[kind]?.send(packets);
  }

  #tick(): void {
    this.#options.want();
    const nowMs = this.#options.clock.now();
    // Who is sent nothing has nothing to report.
    const isIdle = this.#isConnected && nowMs - this.#sentAtMs > SILENCE_MS;
    if (isIdle) this.#heardAtMs = nowMs;
    const silentMs = nowMs - this.#heardAtMs;
    if (!this.#isConnected && silentMs > CONNECT_MS)
      this.end(`no connection within ${CONNECT_MS / 1000} s: is UDP let through?`);
    if (this.#isConnected && silentMs > SILENCE_MS) this.end(`it said nothing for ${SILENCE_MS / 1000} s`);
  }
}
