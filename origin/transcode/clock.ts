import { run } from '../../runtime/process.ts';

/** Bits of the machine-readable clock, most significant first: milliseconds since 1970, modulo 2^32. */
export const CLOCK_BITS = 32;

/** Side of one bit's square, in pixels of the picture it is burnt into. */
export const CLOCK_BIT_PIXELS = 10;

/** When the first picture is: a wall-clock time, or the moment at which it comes to be filtered. */
export type ClockStart = number | 'first-picture';

export type ClockOptions = {
  readonly start: ClockStart;
  readonly frameRate: string;
  /** Whether people can read it too. */
  readonly digits: boolean;
};

/**
 * A filter chain that burns the wall-clock time into a picture: for people in digits, and for programs as a row of
 * black and white squares in the top left corner.
 */
export function clockFilter(
  input: string,
  output: string,
  { start, frameRate, digits }: ClockOptions,
): string {
  const bit = `mod(floor(floor(T*1000+0.5)/pow(2\\,${CLOCK_BITS - 1}-X))\\,2)`;
  const squares = [
    `color=c=black:s=${CLOCK_BITS}x1:r=${frameRate}`,
    'settb=1/1000',
    `setpts=PTS+${startExpression(start)}`,
    'format=gray',
    `geq=lum=${bit}*255`,
    `settb=1/(${frameRate})`,
    'setpts=N',
    `scale=iw*${CLOCK_BIT_PIXELS}:ih*${CLOCK_BIT_PIXELS}:flags=neighbor[squares]`,
  ].join(',');
  const text = digits ? `,${DIGITS}` : '';
  return `${squares};[${input}][squares]overlay=0:0:shortest=1${text}[${output}]`;
}

/** ffmpeg sets up its filters, and RTCSTART with them, when it has decoded the first picture. */
const startExpression = (start: ClockStart) =>
  start === 'first-picture' ? `mod(RTCSTART/1000\\,${2 ** CLOCK_BITS})` : String(start % 2 ** CLOCK_BITS);

const DIGITS =
  'drawtext=text=%{localtime\\\\:%T}:x=w-tw-16:y=16:fontsize=h/12:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=8';

let digits: Promise<boolean> | null = null;

/** Whether this ffmpeg can draw text; builds without FreeType can't. Asked once. */
export function canWriteDigits(): Promise<boolean> {
  digits ??= run('ffmpeg', ['-hide_banner', '-filters']).then(({ output }) =>
    output.toString().includes(' drawtext '),
  );
  return digits;
}
