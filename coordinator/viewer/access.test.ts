import { expect, test } from 'bun:test';
import type { Presentation } from '../web/presentation.ts';
import { goingOn, tokenIn, unlocked } from './access.ts';

test.each([
  ['/?watch=bbb#token=abcd.eyJ.mac-_9', 'abcd.eyJ.mac-_9'],
  ['/#token=abcd.eyJ.mac', 'abcd.eyJ.mac'],
  ['/?watch=bbb&token=abcd.eyJ.mac', null],
  ['/?watch=bbb#token=', null],
  ['/#token=a.b.c/../../', null],
  ['/#bbb', null],
])('in %s there is the token %p', (address, token) => {
  expect(tokenIn(new URL(address, 'http://localhost'))).toBe(token);
});

test('a presentation is unlocked by a token', () => {
  const item: Presentation = {
    id: 'bbb',
    title: 'Big Buck Bunny',
    kind: 'vod',
    durationMs: null,
    protection: 'token',
    poster: '/play/bbb/poster.jpg',
    play: { hls: '/play/bbb.m3u8', dash: '/play/bbb.mpd', whep: '/play/bbb.whep' },
    tracks: [],
    state: 'ready',
  };
  expect(unlocked(item, 'a.b.c')).toMatchObject({
    poster: '/play/bbb/poster.jpg?token=a.b.c',
    play: {
      hls: '/play/bbb.m3u8?token=a.b.c',
      dash: '/play/bbb.mpd?token=a.b.c',
      whep: '/play/bbb.whep?token=a.b.c',
    },
  });
  expect(unlocked({ ...item, poster: null }, 'a.b.c').poster).toBeNull();
});

test.each([
  ['/play/bbb.m3u8?token=a.b.c', 'http://edge/t/d.e.f/v/bbb/v720/index.m3u8', '/play/bbb.m3u8?token=d.e.f'],
  ['/play/bbb.m3u8?token=a.b.c', undefined, '/play/bbb.m3u8?token=a.b.c'],
  ['/play/bbb.m3u8', 'http://edge/v/bbb/v720/index.m3u8', '/play/bbb.m3u8'],
])('%s goes on from %s at %s', (playUrl, edgeUrl, next) => {
  expect(goingOn(playUrl, edgeUrl)).toBe(next);
});
