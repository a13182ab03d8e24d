import type { Targets, UdpAddress } from '../../../runtime/udp.ts';
import type { Batch } from '../live/receiver.ts';
import type { Outbox } from './outbox.ts';
import { Spread } from './spread.ts';

/** Packets for more than so many take a while to go out anyway. */
const SPREAD_MAX = 16;

/** Where packets go: its port may turn out to be another one than was said (NAT). */
export type Destination = { rtp: UdpAddress };

/**
 * One track of a stream on its way to all who have it over UDP. A live stream gives each batch to one receiver after
 * another, in the same turn: they are gathered, and go out as one letter.
 */
export class Mailing {
  readonly #outbox: Outbox;
  readonly #targets: (addresses: readonly UdpAddress[]) => Targets;
  #batch: Batch | null = null;
  #gathered: Destination[] = [];
  /** To whom it goes, and so went what still waits. */
  #to: Targets | null = null;
  readonly #spread = new Spread((packets) => {
    if (this.#to !== null) this.#outbox.push(packets, this.#to);
  });
  /** Those of the batch before, as they are written on a letter: mostly they are the same. */
  #known: { readonly destinations: readonly Destination[]; readonly targets: Targets } | null = null;

  constructor(outbox: Outbox, targets: (addresses: readonly UdpAddress[]) => Targets) {
    this.#outbox = outbox;
    this.#targets = targets;
  }

  /** Sends a batch to one more destination. */
  add(batch: Batch, destination: Destination): void {
    if (batch !== this.#batch) {
      this.#post();
      this.#batch = batch;
      queueMicrotask(() => this.#post());
    }
    this.#gathered.push(destination);
  }

  /** An address changed. */
  forget(): void {
    this.#known = null;
  }

  #post(): void {
    const batch = this.#batch;
    if (batch === null) return;
    const gathered = this.#gathered;
    this.#batch = null;
    this.#gathered = [];
    const to = this.#targetsOf(gathered);
    if (to !== this.#to || to.count > SPREAD_MAX) this.#spread.flush();
    this.#to = to;
    if (to.count > SPREAD_MAX) this.#outbox.push(batch.packets, to);
    else this.#spread.push(batch.packets);
  }

  #targetsOf(destinations: readonly Destination[]): Targets {
    const isKnown =
      this.#known?.destinations.length === destinations.length &&
      this.#known.destinations.every((known, index) => known === destinations[index]);
    if (isKnown && this.#known !== null) return this.#known.targets;
    const targets = this.#targets(destinations.map(({ rtp }) => rtp));
    this.#known = { destinations, targets };
    return targets;
  }
}
