import { expect, test } from 'bun:test';
import { ffmpeg } from '../../tests/clip.ts';
import { CLOCK_BIT_PIXELS, CLOCK_BITS, type ClockStart, clockFilter } from './clock.ts';

const WIDTH = 640;
const HEIGHT = 32;

/** Has ffmpeg burn a clock into five pictures; gives what it says in each. */
async function burnt(start: ClockStart): Promise<readonly number[]> {
  const filter = `[0:v]null[in];${clockFilter('in', 'out', { start, frameRate: '25/1', digits: false })}`;
  const pictures = await ffmpeg(
    ...['-f', 'lavfi', '-i', `testsrc2=size=${WIDTH}x${HEIGHT}:rate=25:duration=0.2`],
    ...['-filter_complex', filter, '-map', '[out]', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'],
  );
  const size = WIDTH * HEIGHT;
  return Array.from({ length: pictures.byteLength / size }, (_, frame) =>
    readClock(pictures.subarray(frame * size, (frame + 1) * size)),
  );
}

/** The time on a gray picture: the middles of the squares, most significant first. */
function readClock(picture: Uint8Array): number {
  const middle = Math.floor(CLOCK_BIT_PIXELS / 2);
  const bits = Array.from({ length: CLOCK_BITS }, (_, bit) => {
    const x = bit * CLOCK_BIT_PIXELS + middle;
    return (picture[middle * WIDTH + x] ?? 0) > 127 ? 1 : 0;
  });
  return bits.reduce<number>((value, bit) => value * 2 + bit, 0);
}

test.each([
  ['0', 0],
  ['a moment whose bits are all used', 0xdead_beef],
  ['now, which needs more than 32 bits', 1_700_000_000_123],
  ['just before the bits start over', 2 ** 32 - 20],
])('the clock that starts at %s is read off the picture, frame by frame', async (_, startMs) => {
  const times = await burnt(startMs);
  const expected = [0, 40, 80, 120, 160].map((ms) => (startMs + ms) % 2 ** CLOCK_BITS);
  expect(times).toEqual(expected);
});

test('the clock that starts with the first picture tells when that was', async () => {
  const before = Date.now();
  const [first = 0, ...others] = await burnt('first-picture');
  const sinceMs = (first - (before % 2 ** CLOCK_BITS) + 2 ** CLOCK_BITS) % 2 ** CLOCK_BITS;
  expect(sinceMs).toBeLessThanOrEqual(Date.now() - before);
  expect(others).toEqual([40, 80, 120, 160].map((ms) => (first + ms) % 2 ** CLOCK_BITS));
});
