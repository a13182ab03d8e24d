import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { type AudioPacket, readAudio } from './audio.ts';
import { MalformedFlv } from './malformed.ts';

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(' ', ''));
const NOTHING: AudioPacket = { kind: 'nothing' };

const CASES: readonly (readonly [string, string, AudioPacket])[] = [
  ['a configuration of AAC', 'af 00 1190', { kind: 'configuration', codec: 'aac', bytes: bytes('1190') }],
  ['a frame of AAC', 'af 01 aabb', { kind: 'frame', codec: 'aac', data: bytes('aabb') }],
  ['AAC without bytes', 'af 01', NOTHING],
  ['a frame of MP3', '2f aabb', { kind: 'frame', codec: 'mp3', data: bytes('aabb') }],
  ['a frame of MP3 at 8 kHz', 'e2 aabb', { kind: 'frame', codec: 'mp3', data: bytes('aabb') }],
  ['an empty tag', '', NOTHING],
  ['a configuration of Opus', '90 4f707573 aa', { kind: 'configuration', codec: 'opus', bytes: bytes('aa') }],
  ['comments of Opus', '90 4f707573 4f70757354616773 00', NOTHING],
  ['a frame of Opus', '91 4f707573 aabb', { kind: 'frame', codec: 'opus', data: bytes('aabb') }],
  ['AAC by its code', '91 6d703461 aabb', { kind: 'frame', codec: 'aac', data: bytes('aabb') }],
  ['MP3 by its code', '91 2e6d7033 aabb', { kind: 'frame', codec: 'mp3', data: bytes('aabb') }],
  ['an order of channels', '94 4f707573 01', NOTHING],
  ['the end of a sequence', '92 4f707573', NOTHING],
];

describe('an audio tag', () => {
  test.each(CASES)('is %s', (_, hex, packet) => {
    expect(readAudio(bytes(hex))).toEqual(packet);
  });

  test.each([
    ['Speex', 'b2 aa'],
    ['FLAC', '91 664c6143 aa'],
    ['a code that objects have', '91 746f5374 aa'],
    ['several tracks', '95 01 4f707573 00'],
    ['a modified packet', '97 00 00'],
    ['one that is cut short', '91 4f70'],
  ])('is not %s', (_, hex) => {
    expect(() => readAudio(bytes(hex))).toThrow(MalformedFlv);
  });

  test('that is broken is malformed or a packet', () => {
    for (const [, hex] of CASES) brokenBytes(bytes(hex), readAudio, [MalformedFlv]);
  });
});
