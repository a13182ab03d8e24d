import { openUdp, type Targets, type UdpSocket } from '../../../runtime/udp.ts';
import type { RtpOutput } from '../../../wire/rtp-output.ts';
import type { RtpCounts } from '../counts.ts';
import { Outbox } from '../udp/outbox.ts';
import { Spread } from '../udp/spread.ts';

/** Sends packets and RTCP to the ports of one address. */
export class PushLine {
  readonly #socket: UdpSocket;
  readonly #output: RtpOutput;
  readonly #outbox: Outbox;
  readonly #spreads: Spread[] = [];
  readonly #targets: Targets[] = [];

  private constructor(socket: UdpSocket, output: RtpOutput, outbox: Outbox) {
    this.#socket = socket;
    this.#output = output;
    this.#outbox = outbox;
  }

  /** Throws what the system says of the interface. */
  static async open(output: RtpOutput, counts?: RtpCounts): Promise<PushLine> {
    const outbox = new Outbox(setImmediate, counts);
    const socket = await openUdp({
      port: 0,
      hostname: output.address.includes(':') ? '::' : '0.0.0.0',
      portSetting: 'another output',
      onDatagram: () => {},
      onDrain: () => outbox.drained(),
    });
    try {
      socket.setMulticast({ ttl: output.ttl, interfaceAddress: interfaceOf(output), loopback: true });
    } catch (error) {
      await socket.close();
      throw error;
    }
    outbox.counts.receivers += 1;
    return new PushLine(socket, output, outbox);
  }

  /** Packets of the stream with this index. */
  send(index: number, packets: readonly Uint8Array[]): void {
    this.#spreads[index] ??= new Spread((some) => this.#outbox.push(some, this.#targetsOf(index)));
    this.#spreads[index].push(packets);
  }

  sendControl(index: number, packet: Uint8Array): void {
    this.#socket.send(packet, { address: this.#output.address, port: portOf(this.#output, index) + 1 });
  }

  close(): Promise<void> {
    this.#outbox.counts.receivers -= 1;
    return this.#socket.close();
  }

  #targetsOf(index: number): Targets {
    const { address } = this.#output;
    this.#targets[index] ??= this.#socket.targets([{ address, port: portOf(this.#output, index) }]);
    return this.#targets[index];
  }
}

/** A scope of IPv6 is written behind an address (RFC 4007 §11). */
const interfaceOf = ({ address, interface: leaves }: RtpOutput): string | null =>
  leaves !== null && address.includes(':') ? `::%${leaves}` : leaves;

/** RFC 3550 §11: each stream has an even port, and the next one for its RTCP. */
export const portOf = ({ port }: RtpOutput, index: number): number => port + 2 * index;
