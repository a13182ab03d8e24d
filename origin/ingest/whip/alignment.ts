import type { Milliseconds } from '../../../media/time.ts';

export type Kind = 'video' | 'audio';

/** Two streams are never this far apart; a report that says so is wrong. */
const TRUSTED_MS: Milliseconds = 2_000;

type Offsets = { readonly video: Milliseconds | null; readonly audio: Milliseconds | null };

/**
 * How far the clock of the picture is from that of the sound. RTP timestamps of two streams have nothing in common;
 * sender reports (RFC 3550 §6.4.1) tell what time it was at the sender for a timestamp of each. Until both have come,
 * the least time that a packet took says it: capturing and encoding are then taken to cost both alike.
 */
export class Alignment {
  #arrived: Offsets = { video: null, audio: null };
  #reported: Offsets = { video: null, audio: null };

  /** A packet of media time `mediaMs` on its stream's own clock came at `nowMs`. */
  arrived(kind: Kind, mediaMs: Milliseconds, nowMs: Milliseconds): void {
    const before = this.#arrived[kind] ?? Number.POSITIVE_INFINITY;
    this.#arrived = { ...this.#arrived, [kind]: Math.min(before, nowMs - mediaMs) };
  }

  /** A sender report: it was `senderMs` on the sender's clock at media time `mediaMs`. */
  reported(kind: Kind, mediaMs: Milliseconds, senderMs: Milliseconds): void {
    this.#reported = { ...this.#reported, [kind]: senderMs - mediaMs };
  }

  /** What has to be added to the picture's media time to have it on the sound's clock; null while it is not known. */
  get difference(): Milliseconds | null {
    const arrived = difference(this.#arrived);
    const reported = difference(this.#reported);
    if (arrived === null || reported === null) return arrived;
    return Math.abs(reported - arrived) > TRUSTED_MS ? arrived : reported;
  }
}

const difference = ({ video, audio }: Offsets) => (video === null || audio === null ? null : video - audio);
