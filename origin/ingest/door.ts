import type { Feed } from '../packaging/feed.ts';

/** The ways in which media is published to an origin. */
export type Door = 'rtmp' | 'srt' | 'whip' | 'rtsp' | 'cmaf';

/** Who wants to publish what, as it was said to a door; nothing of it is checked yet. */
export type Claim = {
  readonly door: Door;
  /** The id of a channel. */
  readonly presentation: string;
  readonly key: string;
  /** The publisher's, for the log. */
  readonly address: string;
};

/** Why a publisher is not let in. */
export type RefusalCode = 'unknown-channel' | 'wrong-key' | 'taken' | 'stopped' | 'not-published-to';

/** A publisher that was let in. The channel is held for it until `release`. */
export type Publishing = {
  /** Aborted when the channel sends the publisher away; its reason is an Error whose message says why. */
  readonly signal: AbortSignal;
  /** Takes what is published, once; resolves when the feed has ended or broken off, or the signal was aborted. */
  readonly take: (feed: Feed) => Promise<void>;
  /** The publisher is gone. May be called twice. */
  readonly release: () => void;
};

export type Admission =
  | { readonly kind: 'admitted'; readonly publishing: Publishing }
  /** `reason` is for the publisher and the log; it never holds a key. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly reason: string };

/** Lets a publisher in or not. */
export type Admit = (claim: Claim) => Admission;
