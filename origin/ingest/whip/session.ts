import { OpusReceiver } from '../../../media/rtp/opus-receiver.ts';
import type { Packet } from '../../../media/rtp/packet.ts';
import { type ReceivedPicture, VideoReceiver } from '../../../media/rtp/video-receiver.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Fragment } from '../../webrtc/fragment.ts';
import type { Admit, Claim, Publishing } from '../door.ts';
import { FeedQueue } from '../feed-queue.ts';
import { Alignment, type Kind } from './alignment.ts';
import { type Muxed, Muxer } from './muxer.ts';
import type { Offer } from './offer.ts';
import { Peer, type PeerOptions } from './peer.ts';

export type SessionOptions = {
  readonly claim: Claim;
  /** The admission that opens the session. */
  readonly publishing: Publishing;
  /** Asked again when the movie changes: a feed is one movie. */
  readonly admit: Admit;
  readonly offer: Offer;
  readonly peer: PeerOptions;
  /** Distance of key frames that is asked for. */
  readonly keyFrameMs: Milliseconds;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, when it is over. */
  readonly onEnd: () => void;
};

/** A browser that was closed says nothing: this long without a packet means that it is gone. */
const SILENCE_MS: Milliseconds = 5_000;

/** From the answer to the first packet: ICE tries its last pair after about that time. */
const CONNECT_MS: Milliseconds = 15_000;

/** How often silence is looked for, and the bit rate said again. */
const TICK_MS: Milliseconds = 500;

/** A key frame that was asked for is not asked for again sooner. */
const ASK_AGAIN_MS: Milliseconds = 500;

/** A key frame takes a picture or two to come, so it is asked for this much before it is due. */
const ASK_EARLY_MS: Milliseconds = 100;

/** Changes in a row that come within this of one another: a browser that finds its size needs about three. */
const CHANGES_MAX = 5;
const STEADY_MS: Milliseconds = 5_000;

type Receivers = { readonly video: VideoReceiver | null; readonly audio: OpusReceiver | null };

/** One publisher: from its offer to its last packet. */
export class Session {
  readonly #options: SessionOptions;
  readonly #receivers: Receivers;
  readonly #kinds: readonly Kind[];
  readonly #alignment = new Alignment();
  readonly #startedAtMs: Milliseconds;
  #publishing: Publishing;
  #muxer: Muxer;
  #feed = new FeedQueue();
  #peer: Peer | null = null;
  #stopTicking: () => void = () => {};
  #heardAtMs: Milliseconds | null = null;
  #keyAtMs: Milliseconds = 0;
  #askedAtMs: Milliseconds = 0;
  #isOver = false;
  #changes = 0;
  #changedAtMs: Milliseconds = 0;

  private constructor(options: SessionOptions) {
    const { video, audio } = options.offer;
    this.#options = options;
    this.#publishing = options.publishing;
    this.#receivers = {
      video: video === null ? null : new VideoReceiver(video.codec),
      audio: audio === null ? null : new OpusReceiver(),
    };
    this.#kinds = [
      ...(video === null ? [] : ['video' as const]),
      ...(audio === null ? [] : ['audio' as const]),
    ];
    this.#muxer = new Muxer(this.#kinds, this.#alignment);
    this.#startedAtMs = options.clock.now();
  }

  /** Throws what the peer says of an offer that it can't take; the admission is then still held. */
  static async open(
    options: SessionOptions,
  ): Promise<{ readonly session: Session; readonly answer: string }> {
    const session = new Session(options);
    const peer = await Peer.open(options.offer, options.peer, {
      connected: () => session.#peer?.limit(),
      packet: (kind, packet) => session.#take(kind, packet),
      report: (kind, timestamp, senderMs) => session.#report(kind, timestamp, senderMs),
      closed: (reason) => session.end(reason),
    });
    session.#peer = peer;
    if (session.#isOver) {
      await peer.close();
      throw new Error('the connection was closed at once');
    }
    session.#stopTicking = options.clock.every(TICK_MS, () => session.#tick());
    session.#publish(options.publishing);
    return { session, answer: peer.answer };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async addCandidates({ candidates }: Fragment): Promise<void> {
    for (const { candidate, mid } of candidates) await this.#peer?.addCandidate(candidate, mid);
  }

  /** Ends it; `reason` is for the log. May be called more than once. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTicking();
    this.#feed.end(null);
    void this.#peer?.close().catch(() => {});
    this.#publishing.release();
    const { claim, log, onEnd } = this.#options;
    log.info(
      { door: 'whip', presentation: claim.presentation, address: claim.address, reason },
      `whip: ${reason}`,
    );
    onEnd();
  }

  /** Gives the feed to the channel; when the channel is done with it first, so is the session. */
  #publish(publishing: Publishing): void {
    const feed = this.#feed;
    this.#publishing = publishing;
    const sentAway = () => {
      if (this.#feed === feed) this.end(reasonOf(publishing.signal));
    };
    publishing.signal.addEventListener('abort', sentAway);
    if (publishing.signal.aborted) sentAway();
    const over = (reason: string) => {
      if (this.#feed === feed) this.end(reason);
    };
    publishing.take(feed).then(
      () => over('the channel stopped taking'),
      (error: Error) => over(error.message),
    );
  }

  #take(kind: Kind, packet: Packet): void {
    if (this.#isOver) return;
    const nowMs = this.#options.clock.now();
    this.#heardAtMs = nowMs;
    const { video, audio } = this.#receivers;
    if (kind === 'video') for (const received of video?.push(packet, nowMs) ?? []) this.#see(received, nowMs);
    else
      for (const sound of audio?.push(packet, nowMs) ?? []) {
        this.#add(() => this.#muxer.sound(sound, nowMs));
      }
  }

  #see(received: ReceivedPicture, nowMs: Milliseconds): void {
    if (received.kind === 'broken') {
      this.#askForKey(nowMs);
      return;
    }
    const { picture, time } = received;
    if (picture.kind === 'key') this.#keyAtMs = nowMs;
    else if (nowMs - this.#keyAtMs >= this.#options.keyFrameMs - ASK_EARLY_MS) this.#askForKey(nowMs);
    this.#add(() => this.#muxer.picture(picture, time, nowMs));
  }

  #askForKey(nowMs: Milliseconds): void {
    if (nowMs - this.#askedAtMs < ASK_AGAIN_MS) return;
    this.#askedAtMs = nowMs;
    this.#peer?.requestKey();
  }

  /** What changes the movie is the first of the next one, so it is made again there. */
  #add(make: () => readonly Muxed[]): void {
    for (const each of make()) {
      if (each.kind === 'media') this.#feed.push(each.event);
      else {
        if (this.#begin(each.reason)) this.#add(make);
        return;
      }
    }
  }

  /** Ends the feed and begins another, for which the channel is asked again. */
  #begin(reason: string): boolean {
    const { admit, claim, log, clock } = this.#options;
    const nowMs = clock.now();
    this.#changes = nowMs - this.#changedAtMs < STEADY_MS ? this.#changes + 1 : 1;
    this.#changedAtMs = nowMs;
    if (this.#changes > CHANGES_MAX) {
      this.end(`it changes too often: ${reason}`);
      return false;
    }
    const before = this.#feed;
    this.#feed = new FeedQueue();
    this.#muxer = new Muxer(this.#kinds, this.#alignment);
    before.end(new Error(reason));
    this.#publishing.release();
    this.#keyAtMs = 0;
    const admission = admit(claim);
    if (admission.kind === 'refused') {
      this.end(admission.reason);
      return false;
    }
    log.info({ door: 'whip', presentation: claim.presentation, reason }, `whip: a new epoch, ${reason}`);
    this.#publish(admission.publishing);
    return true;
  }

  #report(kind: Kind, timestamp: number, senderMs: Milliseconds): void {
    const mediaMs = this.#receivers[kind]?.mediaMs(timestamp) ?? null;
    if (mediaMs !== null) this.#alignment.reported(kind, mediaMs, senderMs);
  }

  #tick(): void {
    const nowMs = this.#options.clock.now();
    this.#peer?.limit();
    if (this.#heardAtMs === null && nowMs - this.#startedAtMs > CONNECT_MS)
      this.end(`nothing came within ${CONNECT_MS / 1000} s: is UDP let through?`);
    if (this.#heardAtMs !== null && nowMs - this.#heardAtMs > SILENCE_MS)
      this.end(`nothing came for ${SILENCE_MS / 1000} s`);
  }
}

const reasonOf = ({ reason }: AbortSignal) =>
  reason instanceof Error ? reason.message : 'the channel ended it';
