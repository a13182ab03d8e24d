import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { MalformedFlv } from './malformed.ts';
import { readVideo, type VideoPacket } from './video.ts';

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(' ', ''));
const NOTHING: VideoPacket = { kind: 'nothing' };
const frame = (
  codec: 'avc1' | 'hvc1' | 'av01' | 'vp09',
  sync: boolean,
  compositionMs: number,
): VideoPacket => ({
  kind: 'frame',
  codec,
  sync,
  compositionMs,
  data: bytes('aabb'),
});

const HVC1 = '68766331';
const AV01 = '61763031';
const VP09 = '76703039';

const CASES: readonly (readonly [string, string, VideoPacket])[] = [
  [
    'a configuration of H.264',
    '17 00 000000 0164',
    { kind: 'configuration', codec: 'avc1', bytes: bytes('0164') },
  ],
  ['a key frame of H.264', '17 01 000000 aabb', frame('avc1', true, 0)],
  ['a frame that is shown later', '27 01 000050 aabb', frame('avc1', false, 80)],
  ['a frame that is shown before it is decoded', '27 01 ffffb0 aabb', frame('avc1', false, -80)],
  ['the end of H.264', '17 02 000000', NOTHING],
  ['HEVC in the place of H.264', '1c 01 000000 aabb', frame('hvc1', true, 0)],
  ['a command', '57 00', NOTHING],
  ['an empty tag', '', NOTHING],
  ['a frame without bytes', '17 01 000000', NOTHING],
  ['a configuration of HEVC', `90 ${HVC1} 01`, { kind: 'configuration', codec: 'hvc1', bytes: bytes('01') }],
  ['a key frame of HEVC', `91 ${HVC1} 000021 aabb`, frame('hvc1', true, 33)],
  ['a frame of HEVC that is shown at once', `a3 ${HVC1} aabb`, frame('hvc1', false, 0)],
  ['a frame of AV1, which is never reordered', `91 ${AV01} aabb`, frame('av01', true, 0)],
  ['a configuration of AV1', `90 ${AV01} 81`, { kind: 'configuration', codec: 'av01', bytes: bytes('81') }],
  ['a frame of VP9', `a1 ${VP09} aabb`, frame('vp09', false, 0)],
  ['H.264 by its code', '91 61766331 000000 aabb', frame('avc1', true, 0)],
  [
    'a configuration of VP9 as the specification has it',
    `90 ${VP09} 000a820101010000`,
    { kind: 'configuration', codec: 'vp09', bytes: bytes('01000000 000a820101010000') },
  ],
  [
    'a configuration of VP9 as ffmpeg sends it',
    `90 ${VP09} 01000000 000a820101010000`,
    { kind: 'configuration', codec: 'vp09', bytes: bytes('01000000 000a820101010000') },
  ],
  ['metadata of colours', `94 ${HVC1} 02`, NOTHING],
  ['the end of a sequence', `92 ${HVC1}`, NOTHING],
  ['a command of Enhanced RTMP', 'd1 00', NOTHING],
];

describe('a video tag', () => {
  test.each(CASES)('is %s', (_, hex, packet) => {
    expect(readVideo(bytes(hex))).toEqual(packet);
  });

  test.each([
    ['H.263 of Sorenson', '22 00'],
    ['VP8', '91 76703038 aa'],
    ['a code that objects have', '91 746f5374 aa'],
    ['several tracks', `96 01 ${HVC1} 00`],
    ['a modified packet', '97 00 00'],
    ['one that is cut short', '91 6876'],
    ['one without its composition time', `91 ${HVC1} 0000`],
  ])('is not %s', (_, hex) => {
    expect(() => readVideo(bytes(hex))).toThrow(MalformedFlv);
  });

  test('that is broken is malformed or a packet', () => {
    for (const [, hex] of CASES) brokenBytes(bytes(hex), readVideo, [MalformedFlv]);
  });
});
