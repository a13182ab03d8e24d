import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Segment, Timeline } from '../timeline.ts';
import { renderIFramePlaylist } from './i-frame-playlist.ts';
import { renderMediaPlaylist } from './media-playlist.ts';
import { Pages } from './pages.ts';
import { renderTransportPlaylist } from './transport-playlist.ts';

const TIMESCALE = 1_000;

const options = {
  ...({ targetDurationMs: 2_000, chunkDurationMs: 500, kind: 'live', skip: false } as const),
  reports: [],
};

type Step = { readonly breaks: boolean; readonly leavesOut: number };

/** A timeline that grows by steps. */
function grower(windowSegments: number) {
  const timeline = new Timeline(TIMESCALE, windowSegments * 2_000);
  let at = { number: 0, epochs: 0 };
  const add = ({ breaks, leavesOut }: Step) => {
    const epochs = at.epochs + (breaks ? 1 : 0);
    timeline.append(segment(at.number + leavesOut, epochs));
    at = { number: at.number + leavesOut + 1, epochs };
  };
  return { timeline, add };
}

const segment = (number: number, epochs: number): Segment => ({
  ...{ epoch: `e${epochs}`, discontinuity: epochs, number, size: 1_000, independent: true, keySize: 100 },
  ...{ time: number * 2_000, duration: 2_000, wallClockMs: 1_700_000_000_000 + number * 2_000 },
});

const forms: Readonly<Record<string, (timeline: Timeline, pages: Pages) => string | null>> = {
  segments: (timeline, pages) => renderMediaPlaylist(timeline, options, pages),
  'segments that skip': (timeline, pages) => renderMediaPlaylist(timeline, { ...options, skip: true }, pages),
  'segments of a film': (timeline, pages) =>
    renderMediaPlaylist(timeline, { ...options, kind: 'vod', chunkDurationMs: null }, pages),
  'key frames': (timeline, pages) => renderIFramePlaylist(timeline, options, pages),
  'MPEG-TS': (timeline, pages) => renderTransportPlaylist(timeline, options, pages),
};

const step = fc.record({
  breaks: fc.integer({ min: 0, max: 99 }).map((chance) => chance === 0),
  leavesOut: fc.integer({ min: 0, max: 199 }).map((chance) => (chance === 0 ? 3 : 0)),
});

describe.each(Object.entries(forms))('a playlist of %s', (_, render) => {
  test('reads the same when its pages are kept as when they are not', () => {
    const pages = new Pages();
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 900, maxLength: 1_500 }),
        fc.integer({ min: 200, max: 1_000 }),
        fc.integer({ min: 1, max: 120 }),
        (steps, windowSegments, every) => {
          const { timeline, add } = grower(windowSegments);
          for (const [index, one] of steps.entries()) {
            add(one);
            if (index % every === 0) expect(render(timeline, pages)).toBe(render(timeline, new Pages()));
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  test('is of what a timeline was restored to, not of what it was before', () => {
    const pages = new Pages();
    const { timeline, add } = grower(2_000);
    for (let number = 0; number < 600; number++) add({ breaks: false, leavesOut: 0 });
    render(timeline, pages);
    timeline.restore(
      Array.from({ length: 600 }, (_, number) => segment(number, 7)),
      false,
    );
    expect(render(timeline, pages)).toBe(render(timeline, new Pages()));
    expect(render(timeline, pages)).not.toContain('e0/');
  });
});
