import { expect, test } from 'bun:test';
import { best, bitRate, clock, percent, picture, sentence, span } from './words.ts';

test.each([
  [0, '0:00'],
  [30_000, '0:30'],
  [59_600, '1:00'],
  [725_000, '12:05'],
  [3_723_000, '1:02:03'],
])('clock(%p) is %p', (ms, text) => expect(clock(ms)).toBe(text));

test.each([
  [-5, 'a moment'],
  [59_999, 'a moment'],
  [60_000, '1 min'],
  [7_199_999, '1 h'],
  [86_400_000, '1 day'],
  [200_000_000, '2 days'],
])('span(%p) is %p', (ms, text) => expect(span(ms)).toBe(text));

test.each([
  [0, '0 bit/s'],
  [999.4, '999 bit/s'],
  [999.6, '1 kbit/s'],
  [4_240_000, '4.2 Mbit/s'],
  [42_400_000, '42 Mbit/s'],
  [123_400_000, '123 Mbit/s'],
  [999_600_000, '1 Gbit/s'],
])('bitRate(%p) is %p', (bits, text) => expect(bitRate(bits)).toBe(text));

test('a share never rounds up to done', () => expect(percent(0.999)).toBe('99 %'));

test.each([
  [480, '480p'],
  [1080, '1080p'],
  [2160, '4K'],
  [4320, '8K'],
])('picture(%p) is %p', (height, text) => expect(picture(height)).toBe(text));

test('the best of a ladder', () => {
  const video = { kind: 'video', codec: 'avc1.640028', frameRate: 24 } as const;
  const audio = { kind: 'audio', codec: 'mp4a.40.2', sampleRate: 48_000, language: 'und' } as const;
  const tracks = [
    { ...video, id: 'v480', width: 854, height: 480 },
    { ...video, id: 'v1080', width: 1920, height: 1080 },
    { ...audio, id: 'a128', channels: 2 },
  ];
  expect(best(tracks)).toBe('1080p · Stereo');
  expect(best([])).toBe('');
});

test.each([
  ['the film is corrupt', 'The film is corrupt.'],
  [' Gone! ', 'Gone!'],
  ['', ''],
])('the reason %p reads %p', (reason, text) => expect(sentence(reason)).toBe(text));
