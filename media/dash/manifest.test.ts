import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Segment } from '../timeline.ts';
import { type ManifestOptions, renderManifest } from './manifest.ts';
import type { Audio, Rendition, Video } from './rendition.ts';

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** Epochs are named by the time at which their encoder was started. */
const epochAt = (ms: number) => ms.toString(36);
const startOf = (epoch: string) => Number.parseInt(epoch, 36);

type Run = {
  readonly startedMs: number;
  /** When its first sample was taken, and where that lies on the media timeline. */
  readonly takenMs: number;
  readonly mediaMs: number;
  readonly first: number;
  readonly count: number;
};

const FIRST: Run = { startedMs: START_MS - 900, takenMs: START_MS, mediaMs: 0, first: 0, count: 3 };
const SECOND: Run = {
  startedMs: START_MS + 7_000,
  takenMs: START_MS + 8_400,
  mediaMs: 8_017,
  first: 3,
  count: 2,
};

/** Segments of two seconds; those of sound end with the frame that does not start later. */
function segments(timescale: number, frame: number, runs: readonly Run[]): Segment[] {
  return runs.flatMap(({ startedMs, takenMs, mediaMs, first, count }) =>
    Array.from({ length: count }, (_, index) => {
      const cut = (number: number) => Math.ceil((number * 2 * timescale) / frame) * frame;
      const time = Math.round((mediaMs * timescale) / 1000) + cut(index);
      return {
        ...{ epoch: epochAt(startedMs), discontinuity: 0, number: first + index, size: 1, independent: true },
        ...{ time, duration: cut(index + 1) - cut(index) },
        wallClockMs: Math.round(takenMs + (time / timescale) * 1000 - mediaMs),
      };
    }),
  );
}

const PICTURE: Video = {
  kind: 'video',
  codec: 'avc1.64001f',
  width: 1280,
  height: 720,
  frameRate: { num: 30_000, den: 1001 },
};
const SOUND: Audio = { kind: 'audio', codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000, language: 'en' };

const video = (runs: readonly Run[], change: Partial<Rendition> = {}): Rendition => ({
  id: 'v720',
  media: PICTURE,
  timescale: 90_000,
  segments: segments(90_000, 3_600, runs),
  open: null,
  next: null,
  bitRate: { peak: 2_512_345, average: 2_000_000 },
  ...change,
});

const audio = (runs: readonly Run[], change: Partial<Rendition> = {}): Rendition => ({
  id: 'a128',
  media: SOUND,
  timescale: 48_000,
  segments: segments(48_000, 1_024, runs),
  open: null,
  next: null,
  bitRate: { peak: 130_000, average: 128_000 },
  ...change,
});

const small = (runs: readonly Run[]) =>
  video(runs, {
    id: 'v240',
    media: { ...PICTURE, codec: 'avc1.42c00d', width: 426, height: 240, frameRate: { num: 15, den: 1 } },
    bitRate: { peak: 400_001, average: 300_000 },
  });

const LIVE: ManifestOptions = {
  kind: 'live',
  ended: false,
  targetDurationMs: 2_000,
  windowMs: 60_000,
  startOf,
};
const FILM: ManifestOptions = { ...LIVE, kind: 'vod', ended: true, windowMs: 0 };
const CHUNKED: ManifestOptions = { ...LIVE, chunkDurationMs: 500 };

/** The fourth segment of the first run, of which some chunks are there. */
function growing(rendition: Rendition): Rendition {
  const [open] = rendition.media.kind === 'video' ? video([{ ...FIRST, count: 4 }]).segments.slice(3) : [];
  return { ...rendition, open: open ?? null };
}

const GOLDEN: readonly (readonly [string, readonly Rendition[], ManifestOptions])[] = [
  ['film', [video([FIRST]), small([FIRST]), audio([FIRST])], FILM],
  ['live', [video([FIRST]), small([FIRST]), audio([FIRST])], LIVE],
  ['live-restarted', [video([FIRST, SECOND]), audio([FIRST, SECOND])], LIVE],
  ['live-ended', [video([FIRST]), audio([FIRST])], { ...LIVE, ended: true }],
  ['low-latency', [growing(video([FIRST])), growing(audio([FIRST]))], CHUNKED],
  [
    'sound-in-two-languages',
    [audio([FIRST]), audio([FIRST], { id: 'de', media: { ...SOUND, language: 'de', channels: 6 } })],
    FILM,
  ],
];

/** HEADWATER_UPDATE_GOLDEN=1 writes what is rendered now; read the difference before committing it. */
const isUpdate = process.env.HEADWATER_UPDATE_GOLDEN === '1';

describe('the manifest', () => {
  test.each(GOLDEN)('%s', async (name, renditions, options) => {
    const rendered = renderManifest(renditions, options);
    const file = Bun.file(join(import.meta.dirname, 'golden', `${name}.mpd`));
    if (isUpdate) await file.write(rendered ?? '');
    expect(rendered).toBe(await file.text());
  });

  test('is none while tracks have no epoch in common', () => {
    expect(renderManifest([], LIVE)).toBeNull();
    expect(renderManifest([video([FIRST]), audio([])], LIVE)).toBeNull();
    expect(renderManifest([video([FIRST]), audio([SECOND])], LIVE)).toBeNull();
  });
});

const attribute = (text: string | null, name: string) =>
  [...(text ?? '').matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map((match) => match[1] ?? '');

describe('when it was published', () => {
  const at = (videos: number, sounds: number, second = 0) => {
    const runs = (count: number) => [
      { ...FIRST, count },
      ...(second > 0 ? [{ ...SECOND, count: second }] : []),
    ];
    const text = renderManifest([video(runs(videos)), audio(runs(sounds))], LIVE);
    return attribute(text, 'publishTime')[0] ?? '';
  };

  test('moves on with each segment of each track', () => {
    const times = [at(1, 1), at(1, 2), at(2, 2), at(3, 2), at(3, 3), at(3, 3, 1), at(3, 3, 2)];
    expect(times).toEqual(times.toSorted());
    expect(new Set(times).size).toBe(times.length);
  });

  test('moves on when a segment starts to grow, when it is whole, however short, and when the next is expected', () => {
    const whole = (count: number) => video([{ ...FIRST, count }]);
    const [last] = whole(4).segments.slice(3);
    const early = last && { ...whole(3), segments: [...whole(3).segments, { ...last, duration: 3_600 }] };
    const grows = growing(whole(3));
    const [next = null] = whole(5).segments.slice(4);
    const [follows, comes] = [
      { ...grows, next },
      { ...whole(4), next },
    ];
    const texts = [whole(3), grows, follows, early ?? whole(3), whole(4), comes].map((one) =>
      renderManifest([one], CHUNKED),
    );
    const times = texts.flatMap((text) => attribute(text, 'publishTime'));
    expect(times).toEqual(times.toSorted());
    expect(new Set(times).size).toBe(6);
  });
});

test.each([
  ['und', []],
  ['x"><MPD', []],
  ['eng', ['eng']],
  ['pt-BR', ['pt-BR']],
] as const)('the language %p is said as %p', (language, said) => {
  const text = renderManifest([audio([FIRST], { media: { ...SOUND, language } })], FILM);
  expect(attribute(text, 'lang')).toEqual([...said]);
});

test.each([
  [0, '1'],
  [7, '7'],
  [99, '99'],
  [101, '110'],
  [130_000, '130000'],
  [2_512_345, '2600000'],
] as const)('a peak of %d bits a second is announced as %s', (peak, said) => {
  const text = renderManifest([video([FIRST], { bitRate: { peak, average: 0 } })], FILM);
  expect(attribute(text, 'bandwidth')).toEqual([said]);
});
