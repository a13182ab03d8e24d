import { bitRate, picture } from '../web/words.ts';

/** How a playback goes. What the browser hides is null. */
export type Facts = {
  /** Host and port that the media comes from. */
  readonly edge: string | null;
  /** Lines of the picture. */
  readonly height: number;
  /** Bits per second of the rendition on screen. */
  readonly bitrate: number | null;
  /** Bits per second that the connection is thought to carry. */
  readonly bandwidth: number | null;
  readonly bufferMs: number;
  /** Behind the live edge; null for vod. */
  readonly latencyMs: number | null;
};

/** Media that is there to play, from now on without a gap, in milliseconds. */
export function bufferedMs({
  buffered,
  currentTime,
}: Pick<HTMLVideoElement, 'buffered' | 'currentTime'>): number {
  for (let range = 0; range < buffered.length; range++) {
    const end = buffered.end(range);
    if (buffered.start(range) <= currentTime && currentTime < end) return (end - currentTime) * 1_000;
  }
  return 0;
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** Facts as rows of term and value; unknown ones are left out. */
export function rowsOf(facts: Facts): readonly (readonly [string, string])[] {
  const rate = facts.bitrate === null ? '' : ` · ${bitRate(facts.bitrate)}`;
  return [
    ['Picture', `${picture(facts.height)}${rate}`],
    ['Connection', facts.bandwidth === null ? null : bitRate(facts.bandwidth)],
    ['Buffer', seconds(facts.bufferMs)],
    ['Behind live', facts.latencyMs === null ? null : seconds(facts.latencyMs)],
    ['Served by', facts.edge],
  ].filter((row): row is [string, string] => row[1] !== null);
}
