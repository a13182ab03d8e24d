import type { Targets, UdpAddress } from '../../../runtime/udp.ts';
import type { Batch } from '../live/receiver.ts';
import type { Outbox } from './outbox.ts';
import { Spread } from './spread.ts';

/** Packets for more than so many take a while to go out anyway. */
const SPREAD_MAX = 16;

/**
 * One track of a stream on its way to all who have it over UDP. A live stream gives each batch to one receiver after
 * another, in the same turn: they are gathered, and go out as one letter.
 */
export class Mailing {
  readonly #outbox: Outbox;
  readonly #targets: (addresses: readonly UdpAddress[]) => Targets;
  #batch: Batch | null = null;
  #gathered: UdpAddress[] = [];
  /** To whom it goes, and so went what still waits. */
  #to: Targets | null = null;
  readonly #spread = new Spread((packets) => {
    if (this.#to !== null) this.#outbox.push(packets, this.#to);
  });
  /** Those of the batch before, as they are written on a letter: mostly they are the same. */
  #known: { readonly addresses: readonly UdpAddress[]; readonly targets: Targets } | null = null;

  constructor(outbox: Outbox, targets: (addresses: readonly UdpAddress[]) => Targets) {
    this.#outbox = outbox;
    this.#targets = targets;
  }

  /** Sends a batch to one more address; who receives gives the same one each time. */
  add(batch: Batch, address: UdpAddress): void {
    if (batch !== this.#batch) {
      this.#post();
      this.#batch = batch;
      queueMicrotask(() => this.#post());
    }
    this.#gathered.push(address);
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

  #targetsOf(addresses: readonly UdpAddress[]): Targets {
    const isKnown =
      this.#known?.addresses.length === addresses.length &&
      this.#known.addresses.every((known, index) => known === addresses[index]);
    if (isKnown && this.#known !== null) return this.#known.targets;
    const targets = this.#targets(addresses);
    this.#known = { addresses, targets };
    return targets;
  }
}
