import type { Ticks } from '../time.ts';

/** Opus is timed at this rate whatever it holds (RFC 7587 §4.1). Ticks a second. */
export const OPUS_RATE = 48_000;

/** Longest packet (RFC 6716 §3.2.5, requirement 5): 120 ms. */
const PACKET_MAX: Ticks = 5_760;

const SILK: readonly Ticks[] = [480, 960, 1_920, 2_880];
const HYBRID: readonly Ticks[] = [480, 960];
const CELT: readonly Ticks[] = [120, 240, 480, 960];

/** How long an Opus packet sounds, in ticks of 48 kHz (RFC 6716 §3.1, §3.2); null for one that can't be. */
export function durationOf(packet: Uint8Array): Ticks | null {
  const [toc, second] = packet;
  if (toc === undefined) return null;
  const code = toc & 3;
  if (code === 3 && second === undefined) return null;
  const frames = code === 0 ? 1 : code === 3 ? (second ?? 0) & 0x3f : 2;
  const duration = frames * frameTicks(toc >> 3);
  return duration > 0 && duration <= PACKET_MAX ? duration : null;
}

/** RFC 6716 table 2. */
function frameTicks(config: number): Ticks {
  if (config < 12) return SILK[config & 3] ?? 0;
  if (config < 16) return HYBRID[config & 1] ?? 0;
  return CELT[config & 3] ?? 0;
}

/**
 * The body of a `dOps` of mono or stereo (Encapsulation of Opus in ISO Base Media File Format §4.3.2). Nothing is to
 * be skipped: a stream that is joined in the middle has no start.
 */
export const writeConfiguration = (channels: 1 | 2): Uint8Array =>
  Uint8Array.of(0, channels, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0);
