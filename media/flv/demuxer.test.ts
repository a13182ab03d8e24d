import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { AAC, configurationOf, H264, testSignal } from '../../tests/clip.ts';
import { record } from '../../tests/rtmp-recording.ts';
import { describe as describeEntry } from '../codecs/sample-entry.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { type Amf0Object, writeValues } from './amf0.ts';
import { FlvDemuxer, type Published } from './demuxer.ts';
import { MalformedFlv } from './malformed.ts';
import type { Tag } from './tag.ts';

const AVCC = await configurationOf(['-map', '0:v', ...H264], { size: '64x48' });
const LARGER = await configurationOf(['-map', '0:v', ...H264], { size: '128x96' });

const tag = (kind: Tag['kind'], timestamp: number, ...parts: readonly (number | Uint8Array)[]): Tag => ({
  kind,
  timestamp,
  body: Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part]))),
});

const avc = (record: Uint8Array) => tag('video', 0, 0x17, 0, 0, 0, 0, record);
const picture = (timestamp: number, key = false) =>
  tag('video', timestamp, key ? 0x17 : 0x27, 1, 0, 0, 0, 0, 0, 0, 1, 9);
const aac = tag('audio', 0, 0xaf, 0, 0x11, 0x90);
const sound = (timestamp: number) => tag('audio', timestamp, 0xaf, 1, 5);
const says = (facts: Amf0Object) => tag('data', 0, writeValues('onMetaData', facts));

const push = (tags: readonly Tag[], demuxer = new FlvDemuxer()) =>
  tags.flatMap((one) => [...demuxer.push(one)]);

/** Short words for what came. */
const words = (found: readonly Published[]) =>
  found.map((one) => {
    if (one.kind === 'movie') return `movie ${one.tracks.map(({ id }) => id).join('+')}`;
    if (one.kind === 'break') return one.reason;
    return one.runs.map(({ trackId, samples }) => `${trackId}:${samples.length}`).join(' ');
  });

describe('tracks', () => {
  test.each<[string, readonly Tag[], readonly string[]]>([
    [
      'of both kinds are known with their headers',
      [avc(AVCC), aac, picture(0, true), sound(0)],
      ['movie 1+2', '1:1'],
    ],
    [
      'wait for the second',
      [avc(AVCC), picture(0, true), picture(40), aac, sound(40)],
      ['movie 1+2', '1:1 1:1 2:1'],
    ],
    [
      'of sound alone are known by the metadata',
      [says({ audiocodecid: 10 }), aac, sound(0)],
      ['movie 2', '2:1'],
    ],
    [
      'of pictures alone as well',
      [says({ videocodecid: 7 }), avc(AVCC), picture(0, true)],
      ['movie 1', '1:1'],
    ],
    [
      'of pictures alone, after 2 s',
      [avc(AVCC), picture(0, true), picture(1_999), picture(2_000)],
      ['movie 1', '1:1 1:1 1:1'],
    ],
    ['of sound alone, after 2 s', [aac, sound(0), picture(1_000), sound(2_000)], ['movie 2', '2:1 2:1']],
    [
      'are described once, though headers repeat',
      [avc(AVCC), aac, picture(0, true), avc(AVCC), aac, picture(40)],
      ['movie 1+2', '1:1', '1:1'],
    ],
    [
      'take a header that is corrected',
      [avc(LARGER), picture(0, true), avc(AVCC), picture(40, true), aac, sound(40)],
      ['movie 1+2', '1:1 2:1'],
    ],
  ])('%s', (_, tags, found) => {
    const all = words(push(tags));
    expect(all.slice(0, found.length)).toEqual([...found]);
  });

  test('of HEVC, by Enhanced RTMP', async () => {
    const encoding = [
      '-map',
      '0:v',
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'log-level=error',
    ];
    const hvcC = await configurationOf([...encoding, '-tag:v', 'hvc1', '-pix_fmt', 'yuv420p']);
    const code = new TextEncoder().encode('hvc1');
    const frame = tag('video', 0, 0x91, code, 0, 0, 40, 1, 2, 3);
    const found = push([says({ videocodecid: 0x68766331 }), tag('video', 0, 0x90, code, hvcC), frame]);
    expect(entries(found)).toEqual([{ kind: 'video', codec: 'hvc1.1.6.L30.90', width: 64, height: 48 }]);
    expect(found[1]).toMatchObject({
      runs: [{ samples: [{ dts: 900_000, compositionOffset: 3_600, sync: true }] }],
    });
  });

  test('of AV1, by Enhanced RTMP', async () => {
    const av1C = await configurationOf(['-map', '0:v', '-c:v', 'libsvtav1', '-preset', '12'], {
      size: '64x64',
    });
    const code = new TextEncoder().encode('av01');
    const found = push([
      says({ hasAudio: false }),
      tag('video', 0, 0x90, code, av1C),
      tag('video', 0, 0x91, code, 1, 2),
    ]);
    expect(entries(found)).toEqual([{ kind: 'video', codec: 'av01.0.00M.08', width: 64, height: 64 }]);
  });

  test('of VP9 have the size of their first key frame', () => {
    const code = new TextEncoder().encode('vp09');
    const vpcC = Uint8Array.fromHex('01000000000a820101010000');
    // A key frame of profile 0 in BT.601, 322 × 182.
    const key = Uint8Array.fromHex('824983422014100b50');
    const found = push([
      says({ hasAudio: false }),
      tag('video', 0, 0x90, code, vpcC),
      tag('video', 0, 0xa1, code, 0x86),
      tag('video', 40, 0x91, code, key),
    ]);
    expect(entries(found)).toMatchObject([{ width: 322, height: 182 }]);
    expect(words(found)).toEqual(['movie 1', '1:1 1:1']);
  });

  test('whose header does not say the size have it from the metadata', () => {
    const bare = Uint8Array.of(1, 0x64, 0, 10, 0xff, 0xe0, 0);
    const found = push([says({ videocodecid: 7, width: 320, height: 180 }), avc(bare), picture(0, true)]);
    expect(entries(found)).toMatchObject([{ width: 320, height: 180 }]);
    expect(() => push([avc(bare), aac, picture(0, true)])).toThrow(MalformedFlv);
  });

  test('that never come are refused', () => {
    const tags = Array.from({ length: 300 }, (_, index) => picture(index * 40));
    expect(() => push(tags)).toThrow(MalformedFlv);
  });
});

const entries = (found: readonly Published[]) =>
  found.flatMap((one) =>
    one.kind === 'movie' ? one.tracks.map((track) => describeEntry(track.sampleEntry)) : [],
  );

describe('a stream that runs breaks', () => {
  const begun = [avc(AVCC), aac, picture(0, true), sound(0)];

  test.each<[string, readonly Tag[], Tag, string]>([
    ['when its pictures change', begun, avc(LARGER), 'its video changed'],
    ['when its sound changes', begun, tag('audio', 0, 0xaf, 0, 0x12, 0x10), 'its audio changed'],
    ['when sound begins', [says({ videocodecid: 7 }), avc(AVCC), picture(0, true)], aac, 'its audio began'],
    ['when its clock jumps', begun, picture(60_000), 'its timestamps jumped: video to 60000 ms'],
    [
      'when its clock goes back',
      [...begun, sound(5_000)],
      sound(1_000),
      'its timestamps jumped: audio to 1000 ms',
    ],
  ])('%s, and goes on anew', (_, tags, cause, reason) => {
    const demuxer = new FlvDemuxer();
    push(tags, demuxer);
    expect(words(push([cause], demuxer))).toEqual([reason]);
    const next = demuxer.next();
    const after = push([cause, picture(60_040, true), sound(60_040)], next);
    expect(words(after)[0]).toBe('movie 1+2');
  });

  test('not when a kind that it does not have sends frames', () => {
    const found = push([says({ videocodecid: 7 }), avc(AVCC), picture(0, true), sound(0), picture(40)]);
    expect(words(found)).toEqual(['movie 1', '1:1', '1:1']);
  });
});

describe('what ffmpeg publishes', () => {
  const recorded = record(...testSignal(2), ...H264, ...AAC);

  test('has continuous times, pictures in the order in which they are decoded', async () => {
    const { events } = await recorded;
    const found = push(events.flatMap((event) => (event.kind === 'tag' ? [event.tag] : [])));
    const runs = found.flatMap((one) => (one.kind === 'samples' ? one.runs : []));
    const samples = (id: number) =>
      runs.filter(({ trackId }) => trackId === id).flatMap((run) => run.samples);
    expect(entries(found)).toMatchObject([
      { width: 64, height: 48 },
      { codec: 'mp4a.40.2', sampleRate: 48_000 },
    ]);
    const pictures = samples(1);
    expect(pictures.length).toBe(50);
    expect(pictures.filter(({ sync }) => sync).length).toBe(2);
    expect(pictures.slice(1).every(({ dts }, index) => dts - (pictures[index]?.dts ?? 0) === 3_600)).toBe(
      true,
    );
    const shown = pictures.map(({ dts, compositionOffset }) => dts + compositionOffset).sort((a, b) => a - b);
    expect(shown.slice(1).every((time, index) => time - (shown[index] ?? 0) === 3_600)).toBe(true);
    const sounds = samples(2);
    expect(sounds.slice(1).every(({ dts }, index) => dts - (sounds[index]?.dts ?? 0) === 1_024)).toBe(true);
  });

  test('broken is malformed or something else', async () => {
    const { events } = await recorded;
    const tags = events.flatMap((event) => (event.kind === 'tag' ? [event.tag] : [])).slice(0, 8);
    for (const [at, whole] of tags.entries()) {
      const parse = (body: Uint8Array) => push(tags.with(at, { ...whole, body }));
      brokenBytes(whole.body.subarray(0, 200), parse, [MalformedFlv, MalformedBox]);
    }
  });
});
