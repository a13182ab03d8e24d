import type { TransportSender } from '../../../media/rtp/transport-sender.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Batch, Receiver } from '../live/receiver.ts';
import type { Outlet } from '../outlet.ts';
import { nameOf, packetsOf } from '../transport-stream.ts';
import { SlowReader } from './slow-reader.ts';

export type TransportLiveOptions = {
  readonly ids: readonly TrackId[];
  readonly pictures: ReadonlySet<TrackId>;
  readonly sender: TransportSender;
  readonly outlet: Outlet;
  readonly clock: Clock;
  readonly onDrop: () => void;
  /** Disconnects it, with the reason. */
  readonly cut: (reason: string) => void;
  readonly onEnd: () => void;
};

/** A receiver of something live as one transport stream, which is made for it alone. */
export class TransportLive implements Receiver {
  readonly #options: TransportLiveOptions;
  readonly #name: TrackId;
  readonly #cname = crypto.randomUUID();
  readonly #reader: SlowReader;
  #at = 0;

  constructor(options: TransportLiveOptions) {
    this.#options = options;
    this.#name = nameOf(options.ids);
    this.#reader = new SlowReader(options);
  }

  take({ track, sample, sync, atSeconds }: Batch): void {
    const { ids, sender, outlet, pictures } = this.#options;
    this.#at = atSeconds;
    const startsAnew = sync && (pictures.size === 0 || pictures.has(track));
    if (!this.#reader.takes(!outlet.isFull(), startsAnew)) return;
    const packets = packetsOf(sender, ids.indexOf(track), sample, atSeconds);
    outlet.send([{ track: this.#name, packets }]);
  }

  /** The reports of the tracks themselves tell when one is due. */
  control(track: TrackId): void {
    const { ids, sender, outlet, clock } = this.#options;
    if (track === ids[0]) outlet.control(this.#name, sender.report(clock.now(), this.#at, this.#cname));
  }

  end(): void {
    const { sender, outlet, clock, onEnd } = this.#options;
    outlet.control(this.#name, sender.bye(clock.now(), this.#at, this.#cname));
    onEnd();
  }
}
