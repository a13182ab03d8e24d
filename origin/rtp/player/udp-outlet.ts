import type { TrackId } from '../../../wire/ids.ts';
import type { Addressed, Outlet } from '../outlet.ts';
import type { TrackAddresses, UdpFan, UdpSession } from '../udp/fan.ts';
import { Spread } from '../udp/spread.ts';

/** A film's way to a player over UDP, which takes as much as comes. */
export class UdpOutlet implements Outlet {
  readonly #lines: Map<TrackId, { readonly session: UdpSession; readonly spread: Spread }>;

  /** `onSign` is told of whatever the player sends. */
  constructor(fan: UdpFan, destinations: readonly TrackAddresses[], onSign: () => void) {
    this.#lines = new Map(
      destinations.map(({ track, ...to }) => {
        const session = fan.session(to, onSign);
        return [track, { session, spread: new Spread(session.send) }];
      }),
    );
  }

  send(packets: readonly Addressed[]): void {
    for (const { track, packets: own } of packets) this.#lines.get(track)?.spread.push(own);
  }

  control(track: TrackId, packet: Uint8Array): void {
    this.#lines.get(track)?.session.sendControl(packet);
  }

  isFull(): boolean {
    return false;
  }

  forget(track: TrackId): void {
    this.#lines.get(track)?.session.close();
    this.#lines.delete(track);
  }

  close(): void {
    for (const { session } of this.#lines.values()) session.close();
  }
}
