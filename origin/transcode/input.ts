import { clockFilter } from './clock.ts';
import type { Source } from './probe.ts';

/** What burns the wall-clock time into the picture: for programs, and in `digits` for people. */
export type BurntClock = { readonly digits: boolean };

/** What ffmpeg reads. */
export type Input =
  /** A file, as fast as it can. */
  | { readonly kind: 'film'; readonly file: string }
  /** A file at its own pace, once or for ever. */
  | {
      readonly kind: 'paced';
      readonly file: string;
      readonly loop: boolean;
      readonly clock: BurntClock | null;
    }
  /** Something that comes at its own pace; `args` end with where it is. */
  | { readonly kind: 'stream'; readonly args: readonly string[]; readonly protocols: string }
  /** Fragmented MP4 on its standard input, which comes at its own pace. */
  | { readonly kind: 'feed' }
  /** A card that says so while a source is away; `digits` is whether this ffmpeg can write. */
  | { readonly kind: 'slate'; readonly title: string; readonly digits: boolean };

/** All but films have to keep up with real time. */
export const isLive = ({ kind }: Input) => kind !== 'film';

/** A feed says all of itself before its first sample: this is the least that ffmpeg lets itself be told to look at. */
const FEED_PROBE_BYTES = 32;

/** What ffmpeg may open, whatever its input names. */
export const protocolsOf = (input: Input) => (input.kind === 'stream' ? input.protocols : 'file,pipe');

/** ffmpeg's arguments that name what it reads. */
export function inputArgs(input: Input, source: Source): string[] {
  switch (input.kind) {
    case 'film':
      return ['-i', input.file];
    case 'paced':
      return ['-re', ...(input.loop ? ['-stream_loop', '-1'] : []), '-i', input.file];
    case 'stream':
      return [...input.args];
    case 'feed':
      return ['-probesize', String(FEED_PROBE_BYTES), '-f', 'mp4', '-i', 'pipe:0'];
    case 'slate':
      return slateArgs(source);
  }
}

/** Pictures are stream 0 and sound is stream 1, in files of their own. */
function slateArgs(source: Source): string[] {
  const { video, audio } = source;
  const rate = frameRate(source);
  const picture = `color=c=0x101418:s=${video?.width ?? 16}x${video?.height ?? 16}:r=${rate}`;
  const sound = `anullsrc=r=48000:cl=${(audio?.channels ?? 2) === 1 ? 'mono' : 'stereo'}`;
  return ['-re', '-f', 'lavfi', '-i', picture, '-re', '-f', 'lavfi', '-i', sound];
}

/** Where ffmpeg finds the sound. */
export const audioStream = ({ kind }: Input) => (kind === 'slate' ? '1:a:0' : '0:a:0');

/** What is drawn over the pictures named `from`, as a link named `to`; null for nothing. */
export function overlay(input: Input, source: Source, from: string, to: string): string | null {
  if (input.kind === 'paced' && input.clock !== null) {
    const { digits } = input.clock;
    return clockFilter(from, to, { start: 'first-picture', frameRate: frameRate(source), digits });
  }
  if (input.kind !== 'slate' || !input.digits) return null;
  const [large, small] = [line(input.title, 'h/10', '-text_h'), line('Back in a moment', 'h/18', '+text_h')];
  return `[${from}]${large},${small}[${to}]`;
}

const line = (text: string, size: string, offset: string) =>
  `drawtext=text='${escaped(text)}':x=(w-text_w)/2:y=h/2${offset}:fontsize=${size}:fontcolor=0xd8dee4`;

/** What means something to a filter graph, or to the quotes around a text, or to its expansion, is left out. */
const escaped = (text: string) => text.replaceAll(/[^\p{L}\p{N} .,!?&()+_-]/gu, ' ');

export const frameRate = ({ video }: Source) => `${video?.frameRate.num ?? 25}/${video?.frameRate.den ?? 1}`;

export const framesPerSecond = ({ video }: Source): number =>
  video === null ? 25 : video.frameRate.num / video.frameRate.den;
