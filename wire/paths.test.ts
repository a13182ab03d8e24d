import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Epoch, PresentationId, TrackId } from './ids.ts';
import { type MediaPath, parse, print } from './paths.ts';

const presentation = PresentationId.parse('bbb');
const track = TrackId.parse('v720');
const epoch = Epoch.parse('mi7d2k1x');

const PATHS: readonly (readonly [string, MediaPath])[] = [
  ['/v/bbb/index.m3u8', { kind: 'multivariant', presentation }],
  ['/v/bbb/manifest.mpd', { kind: 'mpd', presentation }],
  ['/v/bbb/poster.jpg', { kind: 'poster', presentation }],
  ['/v/bbb/stream.sdp', { kind: 'sdp', presentation, index: 0 }],
  ['/v/bbb/stream-8.sdp', { kind: 'sdp', presentation, index: 7 }],
  ['/v/bbb/v720/index.m3u8', { kind: 'playlist', presentation, track }],
  ['/v/bbb/index.m3u8?container=ts', { kind: 'ts-multivariant', presentation }],
  ['/v/bbb/v720/index.m3u8?container=ts', { kind: 'ts-playlist', presentation, track }],
  ['/v/bbb/v720/mi7d2k1x/42.ts', { kind: 'ts', presentation, track, epoch, number: 42 }],
  ['/v/bbb/v720/mi7d2k1x/init.mp4', { kind: 'init', presentation, track, epoch }],
  ['/v/bbb/v720/mi7d2k1x/0.m4s', { kind: 'segment', presentation, track, epoch, number: 0 }],
  ['/v/bbb/v720/mi7d2k1x/42.m4s', { kind: 'segment', presentation, track, epoch, number: 42 }],
  [
    '/v/bbb/v720/mi7d2k1x/999999999999999.m4s',
    { kind: 'segment', presentation, track, epoch, number: 999_999_999_999_999 },
  ],
];

const NOTHING = [
  ...['', '/', '/v', '/v/', '/v/bbb', '/v/bbb/', '/v//index.m3u8', '//v/bbb/index.m3u8', 'v/bbb/index.m3u8'],
  ...['/v/bbb//index.m3u8', '/v/bbb/v720//index.m3u8', '/v/bbb/v720/index.m3u8/', '/v/bbb/index.m3u8/'],
  ...['/v/bbb/stream-1.sdp', '/v/bbb/stream-9.sdp', '/v/bbb/v720/stream.sdp', '/v/bbb/stream.sdp/'],
  ...['/v/bbb/index.mpd', '/v/bbb/manifest.MPD', '/v/bbb/v720/manifest.mpd', '/v/bbb/manifest.mpd/'],
  ...['/v/../index.m3u8', '/v/bbb/../index.m3u8', '/v/bbb/v720/../init.mp4', '/v/bbb/./index.m3u8'],
  ...['/v/bbb%2findex.m3u8', '/v/b%62b/index.m3u8', '/v/bbb/v720%2Findex.m3u8', '/v/bbb/v720/x/0%2em4s'],
  ...['/v/bbb/manifest.mpd?container=ts', '/v/bbb/v720/x/1.m4s?container=ts', '/v/bbb/v720/x/1.0.ts'],
  ...['/v/bbb/index.m3u8?container=ts?container=ts', '/v/bbb/index.m3u8?x=1&container=ts'],
  ...['/v/bbb/index.m3u8?x=1', '/v/bbb/index.m3u8#x', '/v/bbb/index.m3u8\n', '/v/bbb\0/index.m3u8'],
  ...[
    '/v/BBB/index.m3u8',
    '/v/_bbb/index.m3u8',
    '/v/-bbb/index.m3u8',
    '/v/bbb/index.M3U8',
    '/V/bbb/index.m3u8',
  ],
  ...['/v/bbb/v720/x/00.m4s', '/v/bbb/v720/x/007.m4s', '/v/bbb/v720/x/-1.m4s', '/v/bbb/v720/x/+1.m4s'],
  ...['/v/bbb/v720/x/1e3.m4s', '/v/bbb/v720/x/0x1.m4s', '/v/bbb/v720/x/1.05.m4s', '/v/bbb/v720/x/.m4s'],
  ...['/v/bbb/v720/x/1000000000000000.m4s', '/v/bbb/v720/x/1.mp4', '/v/bbb/v720/x/init.m4s'],
  ...['/v/bbb/v720/X/init.mp4', '/v/bbb/v720/x_1/init.mp4', '/v/bbb/v720/12345678901234567/init.mp4'],
  ...[`/v/${'a'.repeat(65)}/index.m3u8`, `/v/bbb/${'a'.repeat(65)}/index.m3u8`, `/${'v/'.repeat(10_000)}`],
];

describe('a media path', () => {
  test.each(PATHS)('%s is read as it is printed', (text, path) => {
    expect(parse(text)).toEqual(path);
    expect(print(path)).toBe(text);
  });

  test.each(NOTHING)('%p names nothing', (text) => {
    expect(parse(text)).toBeNull();
  });

  test('the longest names are still read', () => {
    const text = `/v/${'a'.repeat(64)}/${'b'.repeat(64)}/${'z'.repeat(16)}/init.mp4`;
    expect(parse(text)).toMatchObject({ kind: 'init' });
  });
});

/** Pieces of valid and of nasty paths: put together at random they are often almost right. */
const PIECES = [
  ...['', '/', '//', 'v', 'bbb', 'v720', 'mi7d2k1x', 'index.m3u8', 'init.mp4', 'poster.jpg', '.m4s', '0.m4s'],
  ...[
    '7.m4s',
    '00.m4s',
    '0',
    '9',
    '..',
    '.',
    '%2f',
    '%00',
    '\0',
    '\n',
    ' ',
    '?',
    '#',
    'A',
    '_',
    '-',
    'é',
    '٣.m4s',
  ],
];
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string());
const nearlyPath = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 8 }).map((pieces) => `/v/${pieces.join('/')}`),
  fc
    .tuple(fc.constantFrom(...PATHS.map(([text]) => text)), fc.nat(40), fc.nat(3), piece)
    .map(([text, at, cut, extra]) => text.slice(0, at) + extra + text.slice(at + cut)),
);

test('what parses prints back, whatever is thrown at it', () => {
  let parsed = 0;
  const printsBack = (text: string) => {
    const path = parse(text);
    if (path === null) return;
    parsed += 1;
    expect(print(path)).toBe(text);
  };
  fc.assert(fc.property(nearlyPath, printsBack), { numRuns: 3_000 });
  expect(parsed).toBeGreaterThan(0);
});
