import { describe, expect, test } from 'bun:test';
import { sampleEntries } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { codec } from './opus.ts';
import { describe as describeEntry } from './sample-entry.ts';

/** A `dOps` at 48 kHz with a pre-skip of 312 samples and no gain. */
const record = (channels: number, family: number, ...mapping: readonly number[]) =>
  Uint8Array.from([0, channels, 1, 0x38, 0, 0, 0xbb, 0x80, 0, 0, family, ...mapping]);

describe('the codec string of Opus', () => {
  test.each<[string, Uint8Array]>([
    ['mono', record(1, 0)],
    ['stereo', record(2, 0)],
    ['5.1', record(6, 1, 4, 2, 0, 4, 1, 2, 3, 5)],
  ])('of %s', (_, dOps) => {
    expect(codec(dOps)).toBe('opus');
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a record cut short', record(2, 0).subarray(0, 10)],
    ['another version', Uint8Array.from([1, ...record(2, 0).subarray(1)])],
    ['no channels', record(0, 0)],
    ['5.1 whose mapping is cut short', record(6, 1, 4, 2, 0, 4, 1, 2, 3)],
  ])('is not made up from %s', (_, dOps) => {
    expect(() => codec(dOps)).toThrow(MalformedBox);
  });

  test.each([1, 2])('of libopus with %d channels', async (channels) => {
    const [entry] = await sampleEntries(['-map', '1:a', '-c:a', 'libopus', '-ac', String(channels)]);
    const description = { kind: 'audio', codec: 'opus', channels, sampleRate: 48_000 } as const;
    expect(entry && describeEntry(entry)).toEqual(description);
  });
});
