import { describe, expect, test } from 'bun:test';
import { Programme } from './programme.ts';

const film = { kind: 'vod', id: 'bbb', title: 'Film', file: 'film.mp4' };
const live = { kind: 'live', id: 'demo', title: 'Live', source: 'file:film.mp4' };

describe('a programme', () => {
  test('says as little as it must: the rest is filled in', () => {
    expect(Programme.parse({ presentations: [film, live] }).presentations).toEqual([
      expect.objectContaining({ ladder: '1080p', videoCodec: 'h264', audioCodec: 'aac' }),
      expect.objectContaining({ ladder: 'passthrough', clock: false, windowMs: 60_000 }),
    ]);
  });

  test.each([
    ['no list', {}],
    ['an unknown kind', { presentations: [{ ...film, kind: 'radio' }] }],
    ['a bad id', { presentations: [{ ...film, id: '../x' }] }],
    ['no title', { presentations: [{ ...film, title: '' }] }],
    ['an unknown ladder', { presentations: [{ ...film, ladder: 'step' }] }],
    ['an unknown codec', { presentations: [{ ...film, videoCodec: 'mpeg2' }] }],
    ['an unknown source', { presentations: [{ ...live, source: 'film.mp4' }] }],
    ['no way out', { presentations: [{ ...live, outputs: [] }] }],
    ['a window too short to play', { presentations: [{ ...live, windowMs: 9_999 }] }],
    ['a window of more than a day', { presentations: [{ ...live, windowMs: 86_400_001 }] }],
  ])('with %s is refused', (_, value) => {
    expect(Programme.safeParse(value).success).toBe(false);
  });
});
