import { expect, test } from 'bun:test';
import { Timeline } from '../media/timeline.ts';
import { Epoch, PresentationId, TrackId } from '../wire/ids.ts';
import { chunkStands } from './media-facts.ts';

const EPOCH = Epoch.parse('mjwaicve');
const HEAD = { epoch: EPOCH, discontinuity: 0, independent: true };
const CHUNK = { duration: 500, size: 3, independent: true };
const AT = {
  kind: 'chunk',
  presentation: PresentationId.parse('demo'),
  track: TrackId.parse('v240'),
} as const;

/** Segment 0 is whole, and so many chunks of segment 1 are here. */
function timeline(chunks: number): Timeline {
  const made = new Timeline(1_000, 60_000);
  made.grow({ ...HEAD, number: 0, time: 0, wallClockMs: 0 }, 0, CHUNK);
  made.append({ ...HEAD, number: 0, time: 0, wallClockMs: 0, duration: 1_000, size: 6 }, CHUNK);
  for (let index = 0; index < chunks; index++)
    made.grow({ ...HEAD, number: 1, time: 1_000, wallClockMs: 1_000 }, index, CHUNK);
  return made;
}

test.each([
  [0, 0, 1, 'here'],
  [0, 0, 2, 'never'],
  [0, 1, 0, 'next'],
  [0, 1, 1, 'never'],
  [0, 2, 0, 'never'],
  [1, 1, 0, 'here'],
  [1, 1, 1, 'next'],
  [1, 1, 2, 'never'],
  [1, 2, 0, 'next'],
  [1, 2, 1, 'never'],
  [1, 3, 0, 'never'],
] as const)('with %d chunks of segment 1, chunk %d.%d is %s', (chunks, number, index, stands) => {
  expect(chunkStands(timeline(chunks), { ...AT, epoch: EPOCH, number, index })).toBe(stands);
});

test('a chunk of another epoch, of an ended timeline, or of none never comes', () => {
  const next = { ...AT, epoch: EPOCH, number: 1, index: 0 };
  expect(chunkStands(timeline(0), { ...next, epoch: Epoch.parse('mjwaicvf') })).toBe('never');
  const ended = timeline(0);
  ended.end();
  expect(chunkStands(ended, next)).toBe('never');
  expect(chunkStands(undefined, next)).toBe('never');
});
