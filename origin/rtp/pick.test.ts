import { beforeAll, describe, expect, test } from 'bun:test';
import { sampleEntries } from '../../tests/clip.ts';
import { TrackId } from '../../wire/ids.ts';
import { type Picked, pickTracks, type Wish } from './pick.ts';

const BOTH: Wish = { video: null, audio: null };
let entries: Readonly<Record<'small' | 'large', Uint8Array>>;

beforeAll(async () => {
  const [small = new Uint8Array()] = await sampleEntries(['-c:v', 'libx264', '-an'], { size: '64x48' });
  const [large = new Uint8Array()] = await sampleEntries(['-c:v', 'libx264', '-an'], { size: '96x64' });
  entries = { small, large };
});

const track = (id: string, name: string, sampleEntry: Uint8Array) => ({
  id: TrackId.parse(id),
  kind: id.startsWith('v') ? ('video' as const) : ('audio' as const),
  format: { payloadType: 96, encoding: { name, clockRate: 90_000, channels: 1 }, parameters: new Map() },
  sampleEntry,
});

const all = () => [
  track('v48', 'H264', entries.small),
  track('v64', 'H264', entries.large),
  track('v2', 'VP9', entries.large),
  track('a1', 'MPEG4-GENERIC', new Uint8Array()),
  track('a2', 'MPEG4-GENERIC', new Uint8Array()),
];

const idsOf = (picked: Picked): readonly string[] =>
  picked.kind === 'tracks' ? picked.tracks : [picked.reason];

describe('the tracks of a client', () => {
  test.each<[string, Wish, readonly string[]]>([
    ['the largest picture in H.264 and the first sound', BOTH, ['v64', 'a1']],
    ['another picture', { ...BOTH, video: 'v48' }, ['v48', 'a1']],
    ['another sound', { ...BOTH, audio: 'a2' }, ['v64', 'a2']],
    ['pictures alone', { ...BOTH, audio: 'none' }, ['v64']],
    ['sound alone', { ...BOTH, video: 'none' }, ['a1']],
    [
      'a picture that there is not',
      { ...BOTH, video: 'v1' },
      ["it has no video track 'v1': there is v48, v64, v2"],
    ],
    [
      'a sound for a picture',
      { ...BOTH, video: 'a1' },
      ["it has no video track 'a1': there is v48, v64, v2"],
    ],
    ['nothing', { video: 'none', audio: 'none' }, ['it has no such tracks']],
  ])('are %s', (_, wish, ids) => {
    expect(idsOf(pickTracks(all(), wish))).toEqual(ids);
  });

  test('are in another codec where there is no H.264', () => {
    const [, , vp9] = all();
    expect(idsOf(pickTracks(vp9 ? [vp9] : [], BOTH))).toEqual(['v2']);
  });

  test('are none of nothing', () => {
    expect(pickTracks([], BOTH).kind).toBe('refused');
  });
});
