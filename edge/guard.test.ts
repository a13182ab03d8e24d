import { describe, expect, test } from 'bun:test';
import { describeAll, film } from '../tests/fleet.ts';
import { KEYS, tokenOf } from '../tests/tokens.ts';
import { Catalog } from '../wire/catalog.ts';
import { PresentationId } from '../wire/ids.ts';
import { Revocations } from '../wire/revocations.ts';
import { TokenCheck } from '../wire/token-check.ts';
import { behindToken, Guard } from './guard.ts';

const NOW = 1_795_000_000_000;
const request = new Request('http://edge/');
const peer = { addressOf: () => '192.0.2.7' };

function guarding() {
  const catalog = new Catalog();
  describeAll(catalog, [film('bbb', { protection: 'token' }), film('open'), film('bbb-open')]);
  const check = new TokenCheck(KEYS, new Revocations());
  const guard = new Guard({ catalog, check, clock: { now: () => NOW, every: () => () => {} } });
  const kindOf = (path: string, token: string | null) => guard.access(path, token, request, peer).kind;
  return { catalog, guard, kindOf };
}

/** Everything of a presentation. */
const PATHS = [
  'index.m3u8',
  'manifest.mpd',
  'stream.sdp',
  'poster.jpg',
  'poster.jpg',
  'stream.sdp',
  'index.m3u8?container=ts',
  'v720/index.m3u8',
  'v720/iframes.m3u8',
  'v720/mi7d2k1x/init.mp4',
  'v720/mi7d2k1x/3.m4s',
  'v720/mi7d2k1x/3.2.m4s',
  'v720/mi7d2k1x/3.ts',
  'and/what/is/not/there',
];

describe('a guard', () => {
  test.each(PATHS)('lets nobody without a token have %s', (path) => {
    const { guard, kindOf } = guarding();
    const other = tokenOf(NOW, { presentation: PresentationId.parse('open') });
    for (const token of [null, '', 'abc', other]) expect(kindOf(`/v/bbb/${path}`, token)).toBe('refused');
    expect(guard.refusals).toBe(4);
    expect(kindOf(`/v/bbb/${path}`, tokenOf(NOW))).toBe('allowed');
    expect(kindOf(`/v/open/${path}`, null)).toBe('open');
    expect(kindOf(`/v/bbb-open/${path}`, 'abc')).toBe('open');
  });

  test.each(['/v/', '/v/bbb%2e/', '/v/BBB/index.m3u8', '/v//bbb/index.m3u8', '/v/gone/v720/mi7d2k1x/3.m4s'])(
    'knows nothing of %s, though it might be in memory',
    (path) => {
      const { kindOf } = guarding();
      expect([kindOf(path, null), kindOf(path, tokenOf(NOW))]).toEqual(['unknown', 'unknown']);
    },
  );

  test('of what is described as protected from now on', () => {
    const { catalog, kindOf } = guarding();
    describeAll(catalog, [film('open', { protection: 'token' })]);
    expect(kindOf('/v/open/index.m3u8', null)).toBe('refused');
  });
});

test.each([
  ['/t/abc/v/bbb/index.m3u8', { token: 'abc', path: '/v/bbb/index.m3u8' }],
  ['/t//v/bbb/index.m3u8', { token: '', path: '/v/bbb/index.m3u8' }],
  ['/t/abc/time', { token: 'abc', path: '/time' }],
  ['/t/abc', null],
  ['/time', null],
  ['/v/t/index.m3u8', null],
])('%s is behind %p', (path, behind) => {
  expect(behindToken(path)).toEqual(behind);
});
