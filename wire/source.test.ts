import { describe, expect, test } from 'bun:test';
import * as Source from './source.ts';

describe('a source', () => {
  test.each([
    ['publish', { kind: 'publish' }],
    ['file:film.mp4', { kind: 'loop', path: 'film.mp4' }],
    ['file:/films/a b.mp4', { kind: 'loop', path: '/films/a b.mp4' }],
    ['v4l2:/dev/video0', { kind: 'camera', format: 'v4l2', device: '/dev/video0' }],
    ['avfoundation:0', { kind: 'camera', format: 'avfoundation', device: '0' }],
    ['rtsp://camera:554/1', { kind: 'pull', scheme: 'rtsp', url: 'rtsp://camera:554/1' }],
    [
      'https://example.org/live.m3u8',
      { kind: 'pull', scheme: 'https', url: 'https://example.org/live.m3u8' },
    ],
    ['udp://239.0.0.1:5000', { kind: 'pull', scheme: 'udp', url: 'udp://239.0.0.1:5000' }],
  ] as const)('%s', (text, source) => {
    expect(Source.parse(text)).toEqual(source);
  });

  test.each([
    '',
    'file:',
    'film.mp4',
    'concat:a|b',
    'http:/path',
    'rtsp:',
    'pipe:0',
    'lavfi:testsrc',
    'file:a\0b',
  ])("'%s' is none", (text) => {
    expect(Source.parse(text)).toBeNull();
  });
});

test.each([
  ['rtsp://root:geheim@camera:554/1', 'rtsp://root:***@camera:554/1'],
  ['rtsp://root:a%40b:c@camera/1', 'rtsp://root:***@camera/1'],
  ['rtsp://:geheim@camera/1', 'rtsp://:***@camera/1'],
  ['rtsp://root@camera/1', 'rtsp://root@camera/1'],
  ['http://camera:80/1?user=root&password=geheim&x=1', 'http://camera:80/1?user=root&password=***&x=1'],
  ['srt://far:9000?passphrase=geheim', 'srt://far:9000?passphrase=***'],
  ['srt://far:9000?streamid=publish:a:geheim', 'srt://far:9000?streamid=***'],
  ['http://far/a@b:c', 'http://far/a@b:c'],
  ['file:/films/a:b@c.mp4', 'file:/films/a:b@c.mp4'],
  ['udp://239.0.0.1:5000', 'udp://239.0.0.1:5000'],
  ['can not open rtsp://a:b@c/1, nor rtsp://d:e@f/2', 'can not open rtsp://a:***@c/1, nor rtsp://d:***@f/2'],
])('%s is shown as %s', (text, shown) => {
  expect(Source.masked(text)).toBe(shown);
});
