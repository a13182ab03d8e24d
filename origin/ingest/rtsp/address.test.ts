import { describe, expect, test } from 'bun:test';
import { findTrack, readAddress } from './address.ts';

const GIVEN = { user: 'anyone', password: 'given' };

describe('what a publisher asks for', () => {
  test.each([
    ['rtsp://host:8554/studio?key=secret', null, { presentation: 'studio', key: 'secret' }],
    ['rtsp://host/studio/?key=a%2Bb', null, { presentation: 'studio', key: 'a+b' }],
    ['rtsps://[::1]:8554/studio', GIVEN, { presentation: 'studio', key: 'given' }],
    ['rtsp://host/studio?key=said', GIVEN, { presentation: 'studio', key: 'said' }],
    ['rtsp://host/studio', null, { presentation: 'studio', key: null }],
    ['rtsp://host/', null, null],
    ['rtsp://host/live/studio', null, null],
    ['http://host/studio', null, null],
    ['*', null, null],
    ['studio', null, null],
  ])('%s', (uri, credentials, said) => {
    expect(readAddress(uri, credentials)).toEqual(said);
  });
});

describe('which track is set up', () => {
  const base = 'rtsp://host:8554/studio?key=k';
  const controls = ['streamid=0', 'streamid=1'];

  test.each<[string, readonly (string | null)[], number | null]>([
    ['rtsp://host:8554/studio?key=k/streamid=1', controls, 1],
    ['rtsp://host:8554/studio/streamid=1', controls, 1],
    ['rtsp://host:8554/studio/streamid=0?key=k', controls, 0],
    ['rtsp://host:8554/studio/two', ['rtsp://host:8554/studio/one', 'rtsp://host:8554/studio/two'], 1],
    ['rtsp://host:8554/studio?key=k', [null], 0],
    ['rtsp://host:8554/studio?key=k', [null, null], null],
    ['rtsp://host:8554/studio/streamid=2', controls, null],
    ['rtsp://host:8554/other/streamid=1', controls, null],
  ])('%s', (uri, all, index) => {
    expect(findTrack(uri, base, all)).toBe(index);
  });
});
