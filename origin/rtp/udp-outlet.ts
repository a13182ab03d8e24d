import type { TrackId } from '../../wire/ids.ts';
import type { Addressed, Outlet } from './outlet.ts';
import type { TrackAddresses, UdpFan, UdpSession } from './udp-fan.ts';

/** A film's way to a player over UDP, which takes as much as comes. */
export class UdpOutlet implements Outlet {
  readonly #sessions: Map<TrackId, UdpSession>;

  /** `onSign` is told of whatever the player sends. */
  constructor(fan: UdpFan, destinations: readonly TrackAddresses[], onSign: () => void) {
    const open = ({ track, ...to }: TrackAddresses) => [track, fan.session(to, onSign)] as const;
    this.#sessions = new Map(destinations.map(open));
  }

  send(packets: readonly Addressed[]): void {
    for (const { track, packets: own } of packets) this.#sessions.get(track)?.send(own);
  }

  control(track: TrackId, packet: Uint8Array): void {
    this.#sessions.get(track)?.sendControl(packet);
  }

  isFull(): boolean {
    return false;
  }

  forget(track: TrackId): void {
    this.#sessions.get(track)?.close();
    this.#sessions.delete(track);
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
  }
}
