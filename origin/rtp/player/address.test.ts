import { describe, expect, test } from 'bun:test';
import { readAddress } from './address.ts';

const USUAL = { token: null, track: null, isTransportStream: false, wish: { video: null, audio: null } };

describe('a player asks for', () => {
  test.each([
    ['rtsp://host:8554/bbb', { presentation: 'bbb', base: 'rtsp://host:8554/bbb/' }],
    ['rtsp://host/bbb/', { presentation: 'bbb', base: 'rtsp://host/bbb/' }],
    ['rtsp://user:secret@host/bbb', { presentation: 'bbb', base: 'rtsp://host/bbb/' }],
    ['rtsps://[::1]:8554/bbb', { presentation: 'bbb', base: 'rtsps://[::1]:8554/bbb/' }],
    ['rtsp://h/bbb/track=v480', { presentation: 'bbb', track: 'v480', base: 'rtsp://h/bbb/' }],
    [
      'rtsp://h/bbb//track=ts+v480+a128/',
      { presentation: 'bbb', track: 'ts+v480+a128', base: 'rtsp://h/bbb/' },
    ],
    [
      'rtsp://h/bbb?audio=none',
      { presentation: 'bbb', wish: { video: null, audio: 'none' }, base: 'rtsp://h/bbb/' },
    ],
    [
      'rtsp://h/bbb?video=v480&container=ts/track=v480',
      {
        ...{ presentation: 'bbb', track: 'v480', isTransportStream: true },
        ...{ wish: { video: 'v480', audio: null }, base: 'rtsp://h/bbb/' },
      },
    ],
    ['rtsp://h/bbb?token=a.b', { presentation: 'bbb', token: 'a.b', base: 'rtsp://h/t/a.b/bbb/' }],
    ['rtsp://h/t/a.b/bbb', { presentation: 'bbb', token: 'a.b', base: 'rtsp://h/t/a.b/bbb/' }],
    [
      'rtsp://h/t/a.b/bbb/track=a1',
      { presentation: 'bbb', token: 'a.b', track: 'a1', base: 'rtsp://h/t/a.b/bbb/' },
    ],
    ['rtsp://h/t', { presentation: 't', base: 'rtsp://h/t/' }],
  ])('%s', (uri, address) => {
    expect(readAddress(uri)).toEqual({ ...USUAL, ...address });
  });

  test.each([
    '*',
    'bbb',
    'http://h/bbb',
    'rtsp://h/',
    'rtsp://h/a/b',
    'rtsp://h/bbb?token=a%20b',
    'rtsp://h/bbb/t/1/2',
  ])('%s, which names nothing', (uri) => {
    expect(readAddress(uri)).toBeNull();
  });
});
