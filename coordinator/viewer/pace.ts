/** Where a viewer of a live channel is. */
export type Lag = {
  /** Behind the live edge. */
  readonly latencyMs: number;
  /** How far behind it a player is meant to be. */
  readonly targetMs: number;
  /** Media that is there to play. */
  readonly bufferMs: number;
  /** How much media comes at a time. */
  readonly chunkMs: number;
};

/** Speeds that viewers do not notice: speech keeps its pitch. */
const FASTEST = 1.1;
const SLOWEST = 0.95;

/** As near as the latency is known: chunks arrive with some jitter. */
const NEAR_MS = 40;

/** Who is further away has rewound, or was paused, and watches what was before. */
const REWOUND_MS = 4_000;

/** Less than this is made good by speed before anybody sees more than a few pictures. */
const LEAP_MS = 200;

/** A lag of so much is made good at twice the speed, were that allowed. */
const TWICE_MS = 2_000;

/** Who plays faster needs more than the chunk that is playing while the next is on its way. */
const CHUNKS_NEEDED = 1.5;

/**
 * The speed at which a player comes to where it is meant to be, 1 being that of life. Other than hls.js itself, which
 * wants a second of media for it, this comes as close as a channel with short chunks allows.
 */
export function paceOf({ latencyMs, targetMs, bufferMs, chunkMs }: Lag): number {
  const lateMs = latencyMs - targetMs;
  if (Math.abs(lateMs) < NEAR_MS || lateMs > REWOUND_MS) return 1;
  if (lateMs > 0 && bufferMs < CHUNKS_NEEDED * chunkMs) return 1;
  const speed = Math.min(FASTEST, Math.max(SLOWEST, 1 + lateMs / TWICE_MS));
  return Math.round(speed * 100) / 100;
}

/**
 * How far a viewer who has only just begun should leap ahead, in milliseconds, to be where a player is meant to be:
 * finding the first picture takes its time, in which live goes on. 0 for not at all.
 */
export function leapOf({ latencyMs, targetMs, bufferMs, chunkMs }: Lag): number {
  const leapMs = Math.min(latencyMs - targetMs, bufferMs - CHUNKS_NEEDED * chunkMs);
  return leapMs < LEAP_MS ? 0 : leapMs;
}
