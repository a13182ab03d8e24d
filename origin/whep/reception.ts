import type { TrackId } from '../../wire/ids.ts';
import type { Batch, StreamTrack } from '../rtp/live/receiver.ts';
import type { Relay } from './relay.ts';

export type Kind = 'video' | 'audio';

/** The tracks that a viewer gets; null for a kind that it does not. */
export type Chosen = Readonly<Record<Kind, StreamTrack | null>>;

/** Who is sent the packets. What it is called with must neither wait nor throw. */
export type Recipient = {
  readonly take: (kind: Kind, packets: readonly Uint8Array[]) => void;
  /** A sender report of the packets' stream. */
  readonly control: (kind: Kind, report: Uint8Array) => void;
  /** Told once: nothing more comes. */
  readonly end: (reason: string) => void;
};

/** Why pictures with B-frames are not sent: WebRTC has no way to say when they are shown. */
export const REORDERED =
  'its pictures are not shown in the order in which they are decoded (B-frames), which browsers can not play over ' +
  'WebRTC: turn B-frames off in the encoder, or give the channel a ladder';

export const isOpus = ({ format }: StreamTrack): boolean => format.encoding?.name.toLowerCase() === 'opus';

/** What one viewer receives: pictures from the next key frame on, and sound from then on too. */
export class Reception {
  readonly #relay: Relay;
  readonly #chosen: Chosen;
  readonly #recipient: Recipient;
  readonly #leave: (() => void)[] = [];
  #isOver = false;
  #hasPicture: boolean;
  /** A report on sound that is not sent yet. */
  #report: Uint8Array | null = null;

  constructor(relay: Relay, chosen: Chosen, recipient: Recipient) {
    this.#relay = relay;
    this.#chosen = chosen;
    this.#recipient = recipient;
    this.#hasPicture = chosen.video === null;
    const { video, audio } = chosen;
    const isMade = audio !== null && !isOpus(audio);
    this.#receive([video, isMade ? null : audio].filter((track) => track !== null));
    if (isMade) this.#listen(audio.id);
  }

  close(): void {
    this.#isOver = true;
    for (const leave of this.#leave.splice(0)) leave();
  }

  #receive(tracks: readonly StreamTrack[]): void {
    if (tracks.length === 0) return;
    const ids = tracks.map(({ id }) => id);
    this.#leave.push(
      this.#relay.stream.join(ids, {
        take: (batch) => this.#take(batch),
        control: (track, report) => this.#recipient.control(this.#kindOf(track), report),
        end: (reason) => this.#end(reason),
      }),
    );
  }

  #listen(track: TrackId): void {
    this.#leave.push(
      this.#relay.sound(track).join({
        take: (packets) => this.#takeSound(packets),
        control: (report) => this.#controlSound(report),
        end: (reason) => this.#end(reason),
      }),
    );
  }

  #kindOf(track: TrackId): Kind {
    return track === this.#chosen.video?.id ? 'video' : 'audio';
  }

  #take(batch: Batch): void {
    const { track, packets } = batch;
    const kind = this.#kindOf(track);
    if (kind === 'video' && this.#relay.stream.isReordered(track)) {
      this.#end(REORDERED);
      return;
    }
    this.#relay.history(track).add(batch);
    this.#hasPicture = true;
    this.#recipient.take(kind, packets);
  }

  /** Sound that is made is there before the first picture: it waits for that. */
  #takeSound(packets: readonly Uint8Array[]): void {
    if (!this.#hasPicture) return;
    if (this.#report !== null) this.#recipient.control('audio', this.#report);
    this.#report = null;
    this.#recipient.take('audio', packets);
  }

  #controlSound(report: Uint8Array): void {
    if (this.#hasPicture) this.#recipient.control('audio', report);
    else this.#report = report;
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#recipient.end(reason);
  }
}
