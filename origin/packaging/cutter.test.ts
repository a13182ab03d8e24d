import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { presentationTime, type Sample } from '../../media/sample.ts';
import { type Cut, Cutter, type CutterTrack, LeaderStalled } from './cutter.ts';

const VIDEO: CutterTrack = { kind: 'video', timescale: 12_800 };
const AUDIO: CutterTrack = { kind: 'audio', timescale: 48_000 };

/** 25 frames a second, and AAC at 48 kHz. */
const FRAME = 512;
const AAC = 1_024;

type Fed = { readonly track: number; readonly sample: Sample; readonly at: number };

const sample = (dts: number, duration: number, sync = true, compositionOffset = 0): Sample => ({
  ...{ dts, duration, sync, compositionOffset },
  data: new Uint8Array(1),
});

/** Pictures with a key frame every `gop` frames. */
const pictures = (count: number, gop: number, start = 0) =>
  Array.from({ length: count }, (_, index) => sample(start + index * FRAME, FRAME, index % gop === 0));

/** Each second picture is shown before the one that was decoded ahead of it, as B-frames are. */
const reordered = (count: number, gop: number) =>
  pictures(count, gop).map((one, index) => {
    const place = index % gop;
    const offset = place === 0 ? 1 : place % 2 === 1 ? (place === gop - 1 ? 1 : 2) : 0;
    return { ...one, compositionOffset: offset * FRAME };
  });

const sound = (count: number, start = 0) =>
  Array.from({ length: count }, (_, index) => sample(start + index * AAC, AAC));

/** Feeds tracks as a muxer interleaves them: by decode time. */
function cut(tracks: readonly (readonly [CutterTrack, readonly Sample[]])[], startSeconds = 0): Cut[] {
  const cutter = new Cutter({
    tracks: tracks.map(([track]) => track),
    chunkSeconds: null,
    segmentSeconds: 2,
    startSeconds,
  });
  const fed: Fed[] = tracks.flatMap(([{ timescale }, samples], track) =>
    samples.map((one) => ({ track, sample: one, at: one.dts / timescale })),
  );
  fed.sort((a, b) => a.at - b.at);
  return [...fed.flatMap(({ track, sample: one }) => cutter.push(track, one)), ...cutter.flush()];
}

const of = (cuts: readonly Cut[], track: number) => cuts.filter((one) => one.track === track);

/** Start and duration of a track's segments, in seconds. */
const times = (cuts: readonly Cut[], track: number, { timescale }: CutterTrack) =>
  of(cuts, track).map(({ time, duration }) => [time / timescale, duration / timescale]);

const starts = (cuts: readonly Cut[], track: number, { timescale }: CutterTrack) =>
  of(cuts, track).map(({ time }) => time / timescale);

describe('pictures lead', () => {
  test.each<[string, number, readonly number[]]>([
    ['each 2 s, as wished', 50, [2, 2, 2, 2]],
    ['each 0.4 s: the fifth counts', 10, [2, 2, 2, 2]],
    ['each second: the second counts', 25, [2, 2, 2, 2]],
    ['each 1.92 s: early enough', 48, [1.92, 1.92, 1.92, 1.92, 0.32]],
    ['each 1.6 s: too early to cut, so every second one does', 40, [3.2, 3.2, 1.6]],
    ['each 3 s: no other can', 75, [3, 3, 2]],
  ])('and cut at key frames %s', (_, gop, durations) => {
    const cuts = cut([[VIDEO, pictures(200, gop)]]);
    expect(times(cuts, 0, VIDEO).map(([, duration]) => duration)).toEqual([...durations]);
    expect(cuts.every(({ independent, samples }) => independent && samples[0]?.sync === true)).toBe(true);
  });

  test('and a key frame each 20 s makes segments of 20 s on all tracks', () => {
    const cuts = cut([
      [VIDEO, pictures(1_000, 500)],
      [AUDIO, sound(1_875)],
    ]);
    expect(times(cuts, 0, VIDEO)).toEqual([
      [0, 20],
      [20, 20],
    ]);
    expect(starts(cuts, 1, AUDIO)[1]).toBeCloseTo(20, 1);
    expect(of(cuts, 1)).toHaveLength(2);
  });

  test('and sound is cut at its first frame at or after each cut', () => {
    const cuts = cut([
      [VIDEO, pictures(250, 50)],
      [AUDIO, sound(469)],
    ]);
    expect(starts(cuts, 0, VIDEO)).toEqual([0, 2, 4, 6, 8]);
    const frame = AAC / AUDIO.timescale;
    for (const [index, at] of starts(cuts, 1, AUDIO).entries()) {
      expect(at).toBeGreaterThanOrEqual(index * 2 - 0.5 / AUDIO.timescale);
      expect(at).toBeLessThan(index * 2 + frame);
    }
  });

  test('wherever they stand among the tracks', () => {
    const cuts = cut([
      [AUDIO, sound(469)],
      [VIDEO, pictures(250, 50)],
    ]);
    expect(starts(cuts, 1, VIDEO)).toEqual([0, 2, 4, 6, 8]);
    expect(of(cuts, 0)).toHaveLength(5);
  });

  test('and smaller renditions are cut at their key frames of the same times', () => {
    const other: CutterTrack = { kind: 'video', timescale: 90_000 };
    const small = pictures(250, 50).map((one) => ({
      ...one,
      dts: (one.dts * 90_000) / 12_800,
      duration: 3_600,
    }));
    const cuts = cut([
      [VIDEO, pictures(250, 50)],
      [other, small],
    ]);
    expect(times(cuts, 1, other)).toEqual(times(cuts, 0, VIDEO));
  });

  test('and a rendition without a key frame there goes on to its next one', () => {
    const odd = pictures(250, 250).map((one, index) => ({ ...one, sync: index === 0 || index === 110 }));
    const cuts = cut([
      [VIDEO, pictures(250, 50)],
      [VIDEO, odd],
    ]);
    expect(starts(cuts, 1, VIDEO)).toEqual([0, 4.4]);
    expect(of(cuts, 1).every(({ independent }) => independent)).toBe(true);
  });
});

describe('the epoch', () => {
  test('starts at the first key frame: what comes before can not be shown', () => {
    const late = pictures(150, 50).map((one, index) => ({ ...one, sync: index % 50 === 20 }));
    const cuts = cut([
      [VIDEO, late],
      [AUDIO, sound(282)],
    ]);
    expect(starts(cuts, 0, VIDEO)).toEqual([0, 2, 4]);
    expect(starts(cuts, 1, AUDIO)[0]).toBeLessThan(AAC / AUDIO.timescale);
    const heard = of(cuts, 1).reduce((sum, { duration }) => sum + duration, 0) / AUDIO.timescale;
    expect(heard).toBeCloseTo(282 * (AAC / AUDIO.timescale) - 0.8, 1);
  });

  test('drops the priming of an audio encoder', () => {
    const cuts = cut([
      [VIDEO, pictures(50, 50)],
      [AUDIO, sound(95, -AAC)],
    ]);
    expect(starts(cuts, 1, AUDIO)).toEqual([0]);
    expect(of(cuts, 1)[0]?.samples).toHaveLength(94);
  });

  test('begins where it is told on the timeline of the presentation', () => {
    const cuts = cut(
      [
        [VIDEO, pictures(100, 50, 7_000)],
        [AUDIO, sound(200, 26_250)],
      ],
      3_600,
    );
    expect(starts(cuts, 0, VIDEO)).toEqual([3_600, 3_602]);
    expect(starts(cuts, 1, AUDIO)[0]).toBeCloseTo(3_600, 1);
  });

  test('of B-frames is decoded from its start, and shown in the right order', () => {
    const cuts = cut([[VIDEO, reordered(200, 50)]], 10);
    expect(starts(cuts, 0, VIDEO)).toEqual([10, 12, 14, 16]);
    const all = of(cuts, 0).flatMap(({ samples }) => samples);
    const [first] = all;
    const mediaTime = first?.compositionOffset ?? 0;
    const shown = all.map((one) => (presentationTime(one) - mediaTime) / FRAME).sort((a, b) => a - b);
    expect(shown).toEqual(all.map((_, index) => 250 + index));
  });

  test('keeps tracks that start late where they are', () => {
    const cuts = cut([
      [VIDEO, pictures(250, 50)],
      [AUDIO, sound(200, 240_000)],
    ]);
    expect(of(cuts, 1).map(({ segment }) => segment)).toEqual([2, 3, 4]);
    expect(starts(cuts, 1, AUDIO)[0]).toBe(5);
  });

  test('keeps segments together across a silence', () => {
    const cuts = cut([
      [VIDEO, pictures(250, 50)],
      [AUDIO, [...sound(50), ...sound(150, 336_000)]],
    ]);
    expect(of(cuts, 1).map(({ segment }) => segment)).toEqual([0, 3, 4]);
  });
});

describe('sound without pictures', () => {
  test('is cut by itself, at about the wished length', () => {
    const durations = times(cut([[AUDIO, sound(470)]]), 0, AUDIO).map(([, duration]) => duration ?? 0);
    for (const duration of durations.slice(0, -1)) {
      expect(duration).toBeGreaterThanOrEqual(1.8);
      expect(duration).toBeLessThanOrEqual(2 + AAC / AUDIO.timescale);
    }
    expect(durations.length).toBeGreaterThanOrEqual(5);
  });

  test('is cut at its first frame in each 2 s, and does not drift', () => {
    const cuts = cut([[AUDIO, sound(Math.ceil((20 * 48_000) / AAC))]]);
    const expected = Array.from(
      { length: 10 },
      (_, index) => (Math.ceil((index * 2 * 48_000) / AAC) * AAC) / 48_000,
    );
    expect(starts(cuts, 0, AUDIO)).toEqual(expected);
  });

  test('that pauses is cut as before after the pause', () => {
    const cuts = cut([[AUDIO, [...sound(94), ...sound(300, 350 * AAC)]]]);
    for (const [, duration = 0] of times(cuts, 0, AUDIO))
      expect(duration).toBeLessThanOrEqual(2 + AAC / 48_000);
  });
});

describe('the leader', () => {
  const feed = (cutter: Cutter, seconds: number) => {
    for (const one of sound(Math.ceil((seconds * AUDIO.timescale) / AAC))) cutter.push(1, one);
  };
  const cutter = () =>
    new Cutter({ tracks: [VIDEO, AUDIO], chunkSeconds: null, segmentSeconds: 2, startSeconds: 0 });

  test('may be half a minute behind', () => {
    expect(() => feed(cutter(), 30)).not.toThrow();
  });

  test('that never speaks is a fault, not a leak', () => {
    expect(() => feed(cutter(), 65)).toThrow(LeaderStalled);
  });

  test('that falls silent is one too', () => {
    const one = cutter();
    for (const picture of pictures(50, 50)) one.push(0, picture);
    expect(() => feed(one, 70)).toThrow(LeaderStalled);
  });
});

describe('at the end', () => {
  test('what is left is given, and a second time nothing', () => {
    const cutter = new Cutter({
      tracks: [VIDEO, AUDIO],
      chunkSeconds: null,
      segmentSeconds: 2,
      startSeconds: 0,
    });
    for (const one of sound(10)) cutter.push(1, one);
    for (const one of pictures(10, 50)) cutter.push(0, one);
    expect(cutter.flush().map(({ track }) => track)).toEqual([0, 1]);
    expect(cutter.flush()).toEqual([]);
  });

  test('nothing is given when no key frame ever came', () => {
    const cutter = new Cutter({
      tracks: [VIDEO, AUDIO],
      chunkSeconds: null,
      segmentSeconds: 2,
      startSeconds: 0,
    });
    for (const one of sound(10)) cutter.push(1, one);
    for (const one of pictures(10, 50)) cutter.push(0, { ...one, sync: false });
    expect(cutter.flush()).toEqual([]);
  });
});

test('a track that was not announced is a mistake of the caller', () => {
  const cutter = new Cutter({ tracks: [VIDEO], chunkSeconds: null, segmentSeconds: 2, startSeconds: 0 });
  expect(() => cutter.push(1, sample(0, 1))).toThrow(RangeError);
});

/** Pictures with key frames at random, and sound that starts somewhere near them. */
const feeds = fc.record({
  keys: fc.uniqueArray(fc.nat(499), { maxLength: 40 }),
  frames: fc.integer({ min: 1, max: 500 }),
  soundStart: fc.integer({ min: -4_096, max: 200_000 }),
  soundFrames: fc.nat(1_000),
  startSeconds: fc.constantFrom(0, 3.5, 86_400),
});

type Feed = {
  readonly pictures: readonly Sample[];
  readonly sound: readonly Sample[];
  readonly startSeconds: number;
};

const contiguous = (cuts: readonly Cut[]) =>
  cuts.slice(1).every(({ time }, index) => {
    const before = cuts[index];
    return before !== undefined && before.time + before.duration === time;
  });

describe('whatever comes in', () => {
  const property = (check: (cuts: readonly Cut[], feed: Feed) => void) =>
    fc.assert(
      fc.property(feeds, ({ keys, frames, soundStart, soundFrames, startSeconds }) => {
        const shown = pictures(frames, 1_000).map((one, index) => ({ ...one, sync: keys.includes(index) }));
        const heard = sound(soundFrames, soundStart);
        const cuts = cut(
          [
            [VIDEO, shown],
            [AUDIO, heard],
          ],
          startSeconds,
        );
        check(cuts, { pictures: shown, sound: heard, startSeconds });
      }),
      { numRuns: 150 },
    );

  test('no sample after the start is lost or doubled, and none changes place', () => {
    property((cuts, fed) => {
      const from = fed.pictures.findIndex(({ sync }) => sync);
      const kept = from === -1 ? [] : fed.pictures.slice(from);
      expect(of(cuts, 0).flatMap(({ samples }) => samples.map(({ data }) => data))).toEqual(
        kept.map(({ data }) => data),
      );
      const heard = of(cuts, 1).flatMap(({ samples }) => samples.map(({ data }) => data));
      const zero = (from * FRAME) / VIDEO.timescale;
      const audible = fed.sound.filter(({ dts }) => (dts + AAC / 2) / AUDIO.timescale - zero >= 0);
      expect(heard.length).toBe(from === -1 ? 0 : audible.length);
    });
  });

  test('each track is contiguous, and starts no earlier than the epoch', () => {
    property((cuts, { startSeconds }) => {
      for (const track of [0, 1]) {
        const own = of(cuts, track);
        expect(contiguous(own)).toBe(true);
        expect(own.map(({ segment }) => segment)).toEqual(
          own.map(({ segment }) => segment).toSorted((a, b) => a - b),
        );
      }
      for (const { track, time } of cuts) {
        expect(time / (track === 0 ? VIDEO : AUDIO).timescale).toBeGreaterThanOrEqual(startSeconds - 1e-9);
      }
    });
  });

  // A first frame that straddles time zero is moved by up to half of itself, and all behind it with it.
  test('segments of one index start within a frame and a half of sound, where it goes on', () => {
    property((cuts, { pictures: fed, sound: heard }) => {
      const first = heard[0];
      const zero = (fed.findIndex(({ sync }) => sync) * FRAME) / VIDEO.timescale;
      if (first === undefined || first.dts / AUDIO.timescale > zero) return;
      const leading = new Map(of(cuts, 0).map(({ segment, time }) => [segment, time / VIDEO.timescale]));
      for (const { segment: index, time } of of(cuts, 1)) {
        const start = leading.get(index);
        if (start === undefined) throw new Error(`no picture segment ${index}`);
        expect(Math.abs(time / AUDIO.timescale - start)).toBeLessThanOrEqual(
          (1.5 * AAC) / AUDIO.timescale + 1e-9,
        );
      }
    });
  });
});
