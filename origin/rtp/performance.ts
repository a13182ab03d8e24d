import type { Seconds } from '../../media/time.ts';
import type { TrackId } from '../../wire/ids.ts';

/** What PLAY asks for. */
export type AskedToPlay = {
  /** Null goes on where it stopped; what is live goes on with what is on air in any case. */
  readonly from: Seconds | null;
  /** Null plays to the end. */
  readonly to: Seconds | null;
  readonly scale: number;
};

/** What RTP-Info says of a track (RFC 2326 §12.33). */
export type Info = {
  readonly track: TrackId;
  readonly ssrc: number;
  /** Null where nobody knows it yet. */
  readonly sequence: number | null;
  readonly timestamp: number;
};

/** What will be played; nothing of it is sent before `begin`. */
export type Prepared = {
  /** `from` and `to` on the presentation's timeline, which is null for what is live. */
  readonly span: { readonly from: Seconds; readonly to: Seconds } | null;
  readonly scale: number;
  readonly infos: readonly Info[];
  readonly begin: () => void;
};

/** The playing of a session, and a way to leave out a track of it. */
export type Stage = { readonly performance: Performance; readonly forget: (track: TrackId) => void };

/** One session's playing of a presentation. */
export type Performance = {
  /** Null where there is nothing at the time that is asked for. */
  readonly prepare: (asked: AskedToPlay) => Promise<Prepared | null>;
  readonly pause: () => void;
  /** Where it stands; null for what is live. */
  readonly position: () => Seconds | null;
  /** Nothing more is sent, but for RTCP's BYE. */
  readonly close: () => void;
};
