import type { Arrived, Receiver } from '../../../media/rtp/receiver.ts';
import type { Received } from '../../../media/rtp/track.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Admit, Claim, Publishing } from '../door.ts';
import { FeedQueue } from '../feed-queue.ts';
import { Muxer } from './muxer.ts';

/** Each change costs the channel an epoch: a publisher has so many in a row that come sooner than `STEADY_MS`. */
const CHANGES_MAX = 3;
const STEADY_MS: Milliseconds = 5_000;

export type RecordingOptions = {
  readonly claim: Claim;
  /** The admission with which it starts. */
  readonly publishing: Publishing;
  /** Asked again when the movie changes: a feed is one movie. */
  readonly admit: Admit;
  /** One for each stream. */
  readonly receivers: readonly Receiver[];
  readonly clock: Clock;
  readonly log: Log;
  /** Told once why it is over, unless `end` said so. */
  readonly onEnd: (reason: string) => void;
};

/** What is published from RECORD to the end: packets come in, feeds go to the channel. */
export class Recording {
  readonly #options: RecordingOptions;
  #publishing: Publishing;
  #feed = new FeedQueue();
  #muxer: Muxer;
  #heardAtMs: Milliseconds;
  #changedAtMs: Milliseconds;
  #changes = 0;
  #isOver = false;
  /** Packets that came while there was no room. */
  #dropped = 0;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#publishing = options.publishing;
    this.#muxer = new Muxer(options.receivers);
    this.#heardAtMs = options.clock.now();
    this.#changedAtMs = this.#heardAtMs;
    this.#publish(options.publishing);
  }

  /** Since when nothing has come, in milliseconds; 0 while it is made to wait. */
  get silentMs(): Milliseconds {
    return this.#feed.isFull ? 0 : this.#options.clock.now() - this.#heardAtMs;
  }

  /** Resolves when there is room for more, for who can wait for it. */
  room(): Promise<void> {
    return this.#feed.room();
  }

  /** Takes an RTP packet of a stream. One whose sender can't be made to wait (`isLossy`) is dropped for want of room. */
  packet(index: number, bytes: Uint8Array, isLossy: boolean): void {
    const nowMs = this.#options.clock.now();
    this.#heardAtMs = nowMs;
    if (this.#isOver) return;
    if (isLossy && this.#feed.isFull) {
      this.#dropped += 1;
      return;
    }
    const arrived = this.#options.receivers[index]?.packet(bytes, nowMs);
    if (arrived !== undefined) this.#take(index, arrived, nowMs);
  }

  /** Takes RTCP of a stream. */
  control(index: number, bytes: Uint8Array): void {
    this.#options.receivers[index]?.control(bytes, this.#options.clock.now());
  }

  /** It is over; with an error, it broke off. May be called more than once. */
  end(error: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const muxed of this.#muxer.flush()) if (muxed.kind === 'media') this.#feed.push(muxed.event);
    this.#feed.end(error);
    this.#publishing.release();
    const { claim, log } = this.#options;
    if (this.#dropped === 0) return;
    const facts = { door: claim.door, presentation: claim.presentation, dropped: this.#dropped };
    log.warn(facts, `${claim.presentation}: ${this.#dropped} packets were dropped, as packaging was behind`);
  }

  #finish(reason: string): void {
    if (this.#isOver) return;
    this.end(new Error(reason));
    this.#options.onEnd(reason);
  }

  /** Gives the feed to the channel; when the channel is done with it first, so is the publisher. */
  #publish(publishing: Publishing): void {
    const feed = this.#feed;
    this.#publishing = publishing;
    const over = (reason: string) => {
      if (this.#feed === feed) this.#finish(reason);
    };
    publishing.signal.addEventListener('abort', () => over(reasonOf(publishing.signal)), { once: true });
    publishing.take(feed).then(
      () => over(publishing.signal.aborted ? reasonOf(publishing.signal) : 'the channel takes no more'),
      (error: unknown) => over(error instanceof Error ? error.message : String(error)),
    );
  }

  #take(index: number, arrived: Arrived, nowMs: Milliseconds): void {
    if (arrived.kind === 'restart') this.#begin('the sender began a new stream', null);
    for (const received of arrived.samples) {
      if (this.#isOver) return;
      this.#add(index, received, nowMs);
    }
  }

  #add(index: number, received: Received, nowMs: Milliseconds): void {
    for (const muxed of this.#muxer.push(index, received, nowMs)) {
      if (muxed.kind === 'media') {
        this.#feed.push(muxed.event);
        continue;
      }
      if (muxed.isNewClock) this.#restart();
      this.#begin(muxed.reason, muxed.isNewClock ? null : { index, received, nowMs });
      return;
    }
  }

  #restart(): void {
    for (const receiver of this.#options.receivers) receiver.restart();
  }

  /** Ends the feed and begins another, for which the channel is asked again; `first` is the first of what it takes. */
  #begin(
    reason: string,
    first: { readonly index: number; readonly received: Received; readonly nowMs: Milliseconds } | null,
  ): void {
    const { admit, claim, log, receivers } = this.#options;
    const before = this.#feed;
    this.#feed = new FeedQueue();
    this.#muxer = new Muxer(receivers);
    before.end(new Error(reason));
    this.#publishing.release();
    const admission = this.#isSteady() ? admit(claim) : unsteady(reason);
    if (admission.kind === 'refused') {
      this.#finish(admission.reason);
      return;
    }
    const { door, presentation, address } = claim;
    log.info({ door, presentation, address, reason }, `${presentation}: begins anew: ${reason}`);
    this.#publish(admission.publishing);
    if (first !== null) this.#add(first.index, first.received, first.nowMs);
  }

  #isSteady(): boolean {
    const nowMs = this.#options.clock.now();
    this.#changes = nowMs - this.#changedAtMs >= STEADY_MS ? 1 : this.#changes + 1;
    this.#changedAtMs = nowMs;
    return this.#changes <= CHANGES_MAX;
  }
}

const unsteady = (reason: string) =>
  ({ kind: 'refused', reason: `it changes too often: ${reason}` }) as const;

const reasonOf = ({ reason }: AbortSignal): string =>
  reason instanceof Error ? reason.message : 'the channel was stopped';
