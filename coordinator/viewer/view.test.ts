import { expect, test } from 'bun:test';
import type { Presentation } from '../web/presentation.ts';
import { viewOf } from './view.ts';

const described: Omit<Presentation & { state: 'ready' }, 'state'> = {
  id: 'bbb',
  title: 'Big Buck Bunny',
  kind: 'vod',
  durationMs: null,
  protection: 'none',
  poster: null,
  play: { hls: '/play/bbb.m3u8', dash: '/play/bbb.mpd', whep: null },
  tracks: [],
};
const ready: Presentation = { ...described, state: 'ready' };

const views: [string | null, Presentation[] | null, string][] = [
  [null, [ready], 'closed'],
  ['bbb', null, 'loading'],
  ['nope', [ready], 'unknown'],
  ['bbb', [ready], 'playing'],
  ['bbb', [{ ...described, state: 'live', since: 0 }], 'playing'],
  ['bbb', [{ ...described, state: 'packaging', progress: 0.4 }], 'waiting'],
];
test.each(views)('%p of %j is %p', (id, items, kind) => {
  expect<string>(viewOf(id, items, null).kind).toBe(kind);
});

test('what is protected plays for who has a token', () => {
  const items: Presentation[] = [{ ...ready, protection: 'token' }];
  expect(viewOf('bbb', items, null)).toMatchObject({ kind: 'waiting', notice: { title: 'Protected' } });
  expect(viewOf('bbb', items, 'a.b.c')).toMatchObject({
    kind: 'playing',
    item: { play: { hls: '/play/bbb.m3u8?token=a.b.c' } },
  });
  expect(viewOf('bbb', [ready], 'a.b.c')).toEqual({ kind: 'playing', item: ready });
});
