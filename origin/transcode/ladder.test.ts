import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { plan } from './ladder.ts';
import type { Source } from './probe.ts';

const source = (width: number, height: number, audio = true): Source => ({
  durationSeconds: 30,
  video: { width, height, frameRate: { num: 25, den: 1 } },
  audio: audio ? { channels: 6, language: 'und' } : null,
});

const ids = (of: Source, name: '1080p' | 'mobile') => plan(of, name).map(({ id }) => `${id}`);

describe('the ladder of', () => {
  test.each([
    ['a 4K film', source(3840, 2160), '1080p', ['v1080', 'v720', 'v480', 'a128']],
    ['a 1080p film', source(1920, 1080), '1080p', ['v1080', 'v720', 'v480', 'a128']],
    ['a film a line short of 1080p', source(1920, 1079), '1080p', ['v720', 'v480', 'a128']],
    ['a small film', source(640, 360), '1080p', ['v360', 'a128']],
    ['an odd film', source(639, 359), '1080p', ['v358', 'a128']],
    ['a film of one pixel', source(1, 1), '1080p', ['v2', 'a128']],
    ['a film held upright', source(1080, 1920), '1080p', ['v1080', 'v720', 'v480', 'a128']],
    ['a light 1080p channel', source(1920, 1080), 'mobile', ['v480', 'v240', 'a128']],
    ['a light 240p channel', source(426, 240), 'mobile', ['v240', 'a128']],
    ['pictures alone', source(1280, 720, false), '1080p', ['v720', 'v480']],
    ['sound alone', { ...source(1, 1), video: null }, '1080p', ['a128']],
  ] as const)('%s', (_, of, name, expected) => {
    expect(ids(of, name)).toEqual([...expected]);
  });

  test('any film never scales up, goes down, and asks for even heights', () => {
    const pixels = fc.integer({ min: 2, max: 8_000 });
    fc.assert(
      fc.property(
        pixels,
        pixels,
        fc.constantFrom('1080p' as const, 'mobile' as const),
        (width, height, name) => {
          const heights = plan(source(width, height), name).flatMap((one) =>
            one.kind === 'video' ? [one.height] : [],
          );
          expect(heights.length).toBeGreaterThan(0);
          expect(heights).toEqual(heights.toSorted((a, b) => b - a));
          for (const rung of heights) {
            expect(rung).toBeLessThanOrEqual(height);
            expect(rung % 2).toBe(0);
          }
        },
      ),
    );
  });

  test('sound is stereo, whatever the source has', () => {
    expect(plan(source(1920, 1080), '1080p').at(-1)).toMatchObject({ kind: 'audio', channels: 2 });
  });
});
