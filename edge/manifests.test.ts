import { describe, expect, test } from 'bun:test';
import { type Segment, Timeline } from '../media/timeline.ts';
import { film } from '../tests/fleet.ts';
import { TrackId } from '../wire/ids.ts';
import { Manifests } from './manifests.ts';
import type { Replica } from './replica.ts';
import type { Stored } from './stored.ts';

const VIDEO = TrackId.parse('v720');
const AUDIO = TrackId.parse('a128');
const SCALES = { v720: 12_800, a128: 48_000 } as const;

const segment = (number: number, timescale: number, size: number): Segment => ({
  ...{ epoch: 'e0', discontinuity: 0, number, size, independent: true },
  time: number * 2 * timescale,
  duration: 2 * timescale,
  wallClockMs: 1_700_000_000_000 + number * 2_000,
});

/** What an edge holds of a film: as many segments of each track. */
function replicaOf(segments: { readonly v720?: number; readonly a128?: number }): Replica {
  const timelines = new Map<TrackId, Timeline>();
  for (const [id, timescale, size] of [
    [VIDEO, SCALES.v720, 500_000],
    [AUDIO, SCALES.a128, 32_000],
  ] as const) {
    const timeline = new Timeline(timescale, 0);
    const count = segments[`${id}` as 'v720' | 'a128'];
    for (let number = 0; number < (count ?? 0); number++) timeline.append(segment(number, timescale, size));
    if (count !== undefined) timelines.set(id, timeline);
  }
  return { timelines } as unknown as Replica;
}

const textOf = async (stored: Stored | null) => (stored === null ? null : stored.whole().text());

describe('the multivariant playlist', () => {
  test('names each track with the bit rate of its segments', async () => {
    const text = await textOf(new Manifests().multivariant(film('bbb'), replicaOf({ v720: 3, a128: 3 })));
    expect(text).toContain('TYPE=AUDIO,GROUP-ID="audio",NAME="a128"');
    expect(text).toContain('BANDWIDTH=2128000,AVERAGE-BANDWIDTH=2128000,CODECS="avc1.64001f,mp4a.40.2"');
    expect(text).toContain('RESOLUTION=1280x720,FRAME-RATE=24.000,AUDIO="audio"\nv720/index.m3u8\n');
  });

  test.each([
    ['no track is known', {}],
    ['a track is missing', { v720: 1 }],
    ['a track has no segment yet', { v720: 1, a128: 0 }],
  ])('is not there while %s', (_, segments) => {
    expect(new Manifests().multivariant(film('bbb'), replicaOf(segments))).toBeNull();
  });

  test('is not there for a presentation without tracks', () => {
    expect(new Manifests().multivariant(film('bbb', { tracks: [] }), replicaOf({}))).toBeNull();
  });
});

describe('the DASH manifest', () => {
  const whole = (kind: 'live' | 'vod') => {
    const replica = replicaOf({ v720: 2, a128: 2 });
    for (const timeline of replica.timelines.values()) timeline.end();
    return new Manifests().mpd(film('bbb', { kind }), replica);
  };

  test('of a film names each track, its length and its type', async () => {
    const text = await textOf(whole('vod'));
    expect(text).toContain('type="static" mediaPresentationDuration="PT4S"');
    expect(text).toContain('initialization="v720/e0/init.mp4" media="v720/e0/$Number$.m4s"');
    expect(text).toContain('<S t="0" d="96000" r="1"/>');
    expect(whole('vod')?.headers['Content-Type']).toBe('application/dash+xml');
  });

  test('of a film is there only when the film is whole', () => {
    const replica = replicaOf({ v720: 2, a128: 2 });
    expect(new Manifests().mpd(film('bbb'), replica)).toBeNull();
    replica.timelines.get(VIDEO)?.end();
    expect(new Manifests().mpd(film('bbb'), replica)).toBeNull();
  });

  test('of a channel is there at once, and not while its tracks have no epoch in common', async () => {
    const live = film('bbb', { kind: 'live', windowMs: 60_000 });
    const replica = replicaOf({ v720: 2, a128: 2 });
    expect(await textOf(new Manifests().mpd(live, replica))).toContain('type="dynamic"');
    replica.timelines.get(VIDEO)?.restore([{ ...segment(2, SCALES.v720, 1), epoch: 'e1' }], false);
    expect(new Manifests().mpd(live, replica)).toBeNull();
  });

  test.each([{}, { v720: 1 }, { v720: 1, a128: 0 }])('is not there with %p', (segments) => {
    expect(new Manifests().mpd(film('bbb', { kind: 'live' }), replicaOf(segments))).toBeNull();
  });
});

describe('the playlist of a track', () => {
  test('is rendered from its timeline', async () => {
    const text = await textOf(new Manifests().playlist(film('bbb'), replicaOf({ v720: 2 }), VIDEO));
    expect(text).toStartWith('#EXTM3U\n');
    expect(text?.match(/^e0\/\d+\.m4s$/gm)).toEqual(['e0/0.m4s', 'e0/1.m4s']);
  });

  test.each([
    ['has no segment yet', { v720: 0 }],
    ['is not known', {}],
  ])('is not there when the track %s', (_, segments) => {
    expect(new Manifests().playlist(film('bbb'), replicaOf(segments), VIDEO)).toBeNull();
  });
});

describe('a manifest', () => {
  test('is rendered once for each state of its timeline', async () => {
    const manifests = new Manifests();
    const replica = replicaOf({ v720: 2, a128: 2 });
    const before = manifests.playlist(film('bbb'), replica, VIDEO);
    expect(manifests.playlist(film('bbb'), replica, VIDEO)).toBe(before as Stored);
    replica.timelines.get(VIDEO)?.append(segment(2, SCALES.v720, 1));
    const after = manifests.playlist(film('bbb'), replica, VIDEO);
    expect(await textOf(after)).toContain('e0/2.m4s');
    expect(after?.etag).not.toBe(before?.etag as string);
  });

  test('says anew what changed when the timeline ends', async () => {
    const manifests = new Manifests();
    const replica = replicaOf({ v720: 1 });
    expect(await textOf(manifests.playlist(film('bbb'), replica, VIDEO))).not.toContain('#EXT-X-ENDLIST');
    replica.timelines.get(VIDEO)?.end();
    expect(await textOf(manifests.playlist(film('bbb'), replica, VIDEO))).toContain('#EXT-X-ENDLIST');
  });

  test('is the same on every edge, and so is its tag', async () => {
    const [one, other] = [0, 1].map(() =>
      new Manifests().multivariant(film('bbb'), replicaOf({ v720: 2, a128: 2 })),
    );
    expect(await textOf(one ?? null)).toBe((await textOf(other ?? null)) as string);
    expect(one?.headers).toEqual(other?.headers as Stored['headers']);
  });

  test('of one presentation is not that of another', async () => {
    const manifests = new Manifests();
    const [one, other] = [replicaOf({ v720: 1 }), replicaOf({ v720: 1 })];
    other.timelines.get(VIDEO)?.restore([segment(7, SCALES.v720, 1)], false);
    manifests.playlist(film('one'), one, VIDEO);
    expect(await textOf(manifests.playlist(film('other'), other, VIDEO))).toContain('e0/7.m4s');
  });

  test.each([
    ['live', 'max-age=1'],
    ['vod', 'max-age=60'],
  ] as const)('of %s may be kept for %s', (kind, age) => {
    const stored = new Manifests().playlist(film('bbb', { kind }), replicaOf({ v720: 1 }), VIDEO);
    expect(stored?.headers['Cache-Control']).toBe(`public, ${age}`);
    expect(stored?.headers['Content-Type']).toBe('application/vnd.apple.mpegurl');
    expect(stored?.mediaSeconds).toBe(0);
  });
});
