import type { Pair } from '../../../media/rtsp/transport.ts';
import type { MulticastOptions, Targets, UdpAddress } from '../../../runtime/udp.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { RtpCounts } from '../counts.ts';
import type { LiveStream } from '../live/stream.ts';
import { Callers } from './callers.ts';
import { Mailing } from './mailing.ts';
import { Outbox } from './outbox.ts';
import { openPortPair, type PortPair } from './port-pair.ts';

export type UdpFanOptions = {
  readonly hostname: string;
  /** An even one: RTCP has the next. 0 takes two that are free. */
  readonly port: number;
  /** The setting that moves the port, named in the error when it is taken. */
  readonly portSetting: string;
  /** For one that sends to groups. */
  readonly multicast?: MulticastOptions;
  /** Counts with others; by default alone. */
  readonly counts?: RtpCounts;
};

/** Where a track goes; the two addresses are of the same host. */
export type Addresses = { readonly rtp: UdpAddress; readonly rtcp: UdpAddress };

export type TrackAddresses = Addresses & { readonly track: TrackId };

export type Told = {
  /** What came from that address, on either port: a sign of life, and mostly a receiver report. */
  readonly onControl: (track: TrackId, packet: Uint8Array) => void;
  /** As `Receiver.end`. */
  readonly onEnd: (reason: string) => void;
};

/** Sends one session's packets to an address. */
export type UdpSession = {
  readonly send: (packets: readonly Uint8Array[]) => void;
  readonly sendControl: (packet: Uint8Array) => void;
  readonly close: () => void;
};

/** One pair of UDP ports from which all who play over UDP are sent to. */
export class UdpFan {
  readonly #callers = { packets: new Callers(), control: new Callers() };
  readonly #mailings = new WeakMap<LiveStream, Map<TrackId, Mailing>>();
  readonly #outbox: Outbox;
  #pair: PortPair | null = null;
  #strangers = 0;

  private constructor(counts?: RtpCounts) {
    this.#outbox = new Outbox(setImmediate, counts);
  }

  /** Opens the ports. Throws Failure `port-taken` or `address-unavailable`. */
  static async open(options: UdpFanOptions): Promise<UdpFan> {
    const fan = new UdpFan(options.counts);
    const hear = (callers: Callers) => (datagram: Uint8Array, from: UdpAddress) => {
      if (!callers.hear(datagram, from)) fan.#strangers += 1;
    };
    fan.#pair = await openPortPair({
      ...options,
      onPacket: hear(fan.#callers.packets),
      onControl: hear(fan.#callers.control),
      onDrain: () => fan.#outbox.drained(),
    });
    if (options.multicast !== undefined)
      for (const socket of [fan.#pair.packets, fan.#pair.control]) socket.setMulticast(options.multicast);
    return fan;
  }

  get ports(): Pair {
    return this.#pair?.ports ?? [0, 0];
  }

  /** Packets are datagrams that carry RTP; strangers those that came from nobody known. */
  get counts() {
    const { counts, waiting } = this.#outbox;
    return { ...counts, waiting, strangers: this.#strangers };
  }

  /** Sends tracks of a live stream to where each is wanted, from the next key frame on. What it returns ends that. */
  join(stream: LiveStream, destinations: readonly TrackAddresses[], told: Told): () => void {
    const lines = new Map(
      destinations.map((addresses) => {
        const { track } = addresses;
        const mailing = this.#mailingOf(stream, track);
        const line = this.#line(addresses, (packet) => told.onControl(track, packet));
        return [track, { ...line, mailing }];
      }),
    );
    const leaveStream = stream.join([...lines.keys()], {
      take: (batch) => {
        const line = lines.get(batch.track);
        line?.mailing.add(batch, line.rtp);
      },
      control: (track, packet) => lines.get(track)?.sendControl(packet),
      end: (reason) => {
        hangUp();
        told.onEnd(reason);
      },
    });
    const hangUp = once(() => {
      for (const line of lines.values()) line.hangUp();
    });
    return () => {
      leaveStream();
      hangUp();
    };
  }

  /** Sends what a session makes for itself, such as a film from where its viewer wants it. */
  session(addresses: Addresses, onControl: (packet: Uint8Array) => void): UdpSession {
    const targets = this.#targets([addresses.rtp]);
    const line = this.#line(addresses, onControl);
    return {
      send: (packets) => this.#outbox.push(packets, targets),
      sendControl: line.sendControl,
      close: once(line.hangUp),
    };
  }

  async close(): Promise<void> {
    await this.#pair?.close();
  }

  readonly #targets = (addresses: readonly UdpAddress[]): Targets =>
    this.#pair?.packets.targets(addresses) ?? NOBODY;

  #mailingOf(stream: LiveStream, track: TrackId): Mailing {
    const mailings = this.#mailings.get(stream) ?? new Map<TrackId, Mailing>();
    this.#mailings.set(stream, mailings);
    const mailing = mailings.get(track) ?? new Mailing(this.#outbox, this.#targets);
    mailings.set(track, mailing);
    return mailing;
  }

  #line({ rtp, rtcp }: Addresses, onDatagram: (datagram: Uint8Array) => void): Line {
    const { packets, control } = this.#callers;
    const ends = [packets.add(rtp, onDatagram), control.add(rtcp, onDatagram)];
    this.#outbox.counts.receivers += 1;
    return {
      rtp,
      sendControl: (packet) => this.#pair?.control.send(packet, rtcp),
      hangUp: () => {
        for (const end of ends) end();
        this.#outbox.counts.receivers -= 1;
      },
    };
  }
}

/** Before the ports are open. */
const NOBODY: Targets = { count: 0, send: () => 0 };

/** One track on its way to one address. */
type Line = {
  readonly rtp: UdpAddress;
  readonly sendControl: (packet: Uint8Array) => void;
  readonly hangUp: () => void;
};

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
