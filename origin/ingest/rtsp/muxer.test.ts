import { describe, expect, test } from 'bun:test';
import type { Received, Track } from '../../../media/rtp/track.ts';
import { presentationTime } from '../../../media/sample.ts';
import type { Stream } from './clocks.ts';
import { type Muxed, Muxer } from './muxer.ts';

const ENTRY = new Uint8Array([1]);

type Source = { -readonly [Key in keyof Stream]: Stream[Key] };

/** A stream whose RTP timestamps are its ticks. */
const streamOf = (kind: Track['kind'], timescale: number): Source => ({
  track: { kind, timescale, push: () => [], timeOf: (timestamp) => timestamp },
  senderTime: null,
});

const at = (dts: number, compositionOffset = 0, entry = ENTRY): Received => ({
  sample: { dts, compositionOffset, duration: 1, sync: true, data: new Uint8Array(10) },
  shown: dts + compositionOffset,
  entry,
});

/** Picture and sound whose clocks have nothing in common. */
function pair() {
  const streams = [streamOf('video', 90_000), streamOf('audio', 48_000)] as const;
  return { streams, muxer: new Muxer(streams) };
}

/** Samples by when they are shown, in milliseconds, as `track: time`. */
const times = (muxed: readonly Muxed[]) =>
  muxed.flatMap((one) =>
    one.kind === 'media' && one.event.kind === 'samples'
      ? one.event.runs.map(({ trackId, samples: [sample] }) => {
          const ms = sample && (presentationTime(sample) * 1000) / (trackId === 1 ? 90_000 : 48_000);
          return `${trackId}: ${ms}`;
        })
      : [],
  );
const reasons = (muxed: readonly Muxed[]) =>
  muxed.flatMap((one) => (one.kind === 'changed' ? [one.reason] : []));

describe('a movie of two streams', () => {
  test('starts when both have come, by the reports of their sender', () => {
    const { streams, muxer } = pair();
    streams[0].senderTime = { senderMs: 5_000, timestamp: 900_000 };
    streams[1].senderTime = { senderMs: 5_100, timestamp: 96_000 };
    expect(muxer.push(0, at(900_000, 9_000), 0)).toEqual([]);
    const started = muxer.push(1, at(96_000), 700);
    expect(started[0]).toMatchObject({
      event: {
        kind: 'movie',
        tracks: [
          { id: 1, handler: 'vide' },
          { id: 2, handler: 'soun', timescale: 48_000 },
        ],
      },
    });
    expect(times(started)).toEqual(['1: 0', '2: 0']);
    expect(times(muxer.push(1, at(96_480), 710))).toEqual(['2: 10']);
  });

  test('without reports starts by arrival after a while, and is right where reports say the same', () => {
    const { streams, muxer } = pair();
    muxer.push(0, at(900_000), 0);
    muxer.push(1, at(96_000), 20);
    expect(muxer.push(0, at(903_600), 40)).toEqual([]);
    expect(times(muxer.push(1, at(96_000 + 48_000), 1_020))).toEqual(['1: 0', '2: 20', '1: 40', '2: 1020']);
    streams[0].senderTime = { senderMs: 5_000, timestamp: 900_000 };
    streams[1].senderTime = { senderMs: 5_050, timestamp: 96_000 };
    expect(reasons(muxer.push(0, at(990_000), 1_040))).toEqual([]);
  });

  test('starts anew where reports say otherwise, once', () => {
    const { streams, muxer } = pair();
    muxer.push(0, at(900_000), 0);
    muxer.push(1, at(96_000), 0);
    muxer.push(1, at(96_000 + 48_000), 1_000);
    streams[0].senderTime = { senderMs: 5_000, timestamp: 900_000 };
    streams[1].senderTime = { senderMs: 5_200, timestamp: 96_000 };
    expect(reasons(muxer.push(0, at(990_000), 1_010))).toEqual(['sender reports move its tracks by 200 ms']);
  });

  test('does not believe reports that are far off', () => {
    const { streams, muxer } = pair();
    streams[0].senderTime = { senderMs: 5_000, timestamp: 900_000 };
    streams[1].senderTime = { senderMs: 99_000, timestamp: 96_000 };
    muxer.push(0, at(900_000), 0);
    expect(times(muxer.push(1, at(96_000), 0))).toEqual(['1: 0', '2: 0']);
  });

  test('of one stream starts with it', () => {
    const muxer = new Muxer([streamOf('audio', 48_000)]);
    expect(times(muxer.push(0, at(96_000), 0))).toEqual(['1: 0']);
  });

  test('starts with one when the other does not come, and anew when it does', () => {
    const { muxer } = pair();
    muxer.push(0, at(0), 0);
    const started = muxer.push(0, at(270_000), 3_000);
    expect(started[0]).toMatchObject({ event: { tracks: [{ id: 1 }] } });
    expect(reasons(muxer.push(1, at(0), 3_100))).toEqual(['the audio came later']);
  });

  test('starts anew when what it holds is of another kind', () => {
    const { muxer } = pair();
    muxer.push(0, at(0), 0);
    muxer.push(0, at(270_000), 3_000);
    expect(muxer.push(0, at(273_600, 0, new Uint8Array([2])), 3_040)).toEqual([
      { kind: 'changed', reason: 'the video is of another kind now', isNewClock: false },
    ]);
  });

  test.each([
    ['ahead', 90_000 * 20],
    ['back', -90_000 * 2],
  ])('starts anew when timestamps jump %s', (_, step) => {
    const { muxer } = pair();
    muxer.push(0, at(9_000_000), 0);
    expect(muxer.push(0, at(9_000_000 + step), 40)).toEqual([
      { kind: 'changed', reason: 'the timestamps of the video jumped', isNewClock: true },
    ]);
  });

  test('does not wait for more than it may hold', () => {
    const { muxer } = pair();
    const large = { ...at(0), sample: { ...at(0).sample, data: new Uint8Array(17 * 1024 * 1024) } };
    expect(times(muxer.push(0, large, 0))).toEqual(['1: 0']);
  });

  test('that ends before it started is given', () => {
    const { muxer } = pair();
    expect(muxer.flush()).toEqual([]);
    muxer.push(0, at(90_000), 0);
    expect(times(muxer.flush())).toEqual(['1: 0']);
    expect(muxer.flush()).toEqual([]);
  });
});
