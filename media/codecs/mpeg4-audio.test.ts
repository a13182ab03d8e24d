import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { MalformedBox } from '../isobmff/box.ts';
import { codec } from './mpeg4-audio.ts';

/** A descriptor (ISO/IEC 14496-1 §8.3.3), its length in one byte or in the four that ffmpeg writes. */
const descriptor = (tag: number, body: readonly number[], long = false) => [
  tag,
  ...(long ? [0x80, 0x80, 0x80, body.length] : [body.length]),
  ...body,
];

type Esds = {
  readonly objectType?: number;
  readonly specific?: readonly number[] | null;
  readonly long?: boolean;
};

/** The body of an `esds`, its ES descriptor with the optional fields that `flags` announces. */
function esds(
  { objectType = 0x40, specific = [0x11, 0x90], long = false }: Esds,
  flags: readonly number[] = [0],
) {
  const inner = specific === null ? [] : descriptor(5, specific, long);
  const config = descriptor(4, [objectType, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...inner], long);
  const es = descriptor(3, [0, 1, ...flags, ...config, ...descriptor(6, [2], long)], long);
  return Uint8Array.from([0, 0, 0, 0, ...es]);
}

describe('the codec string of MPEG audio', () => {
  test.each<[string, Uint8Array, string]>([
    ['AAC-LC', esds({}), 'mp4a.40.2'],
    ['AAC-LC with long lengths', esds({ long: true }), 'mp4a.40.2'],
    ['HE-AAC, said at once', esds({ specific: [0x2b, 0x11, 0x88, 0x00] }), 'mp4a.40.5'],
    ['HE-AAC, said behind AAC-LC', esds({ specific: [0x13, 0x10, 0x56, 0xe5, 0x98] }), 'mp4a.40.2'],
    ['HE-AAC v2', esds({ specific: [0xeb, 0x09, 0x88, 0x00] }), 'mp4a.40.29'],
    ['xHE-AAC, whose type needs 11 bits', esds({ specific: [0xf9, 0x46] }), 'mp4a.40.42'],
    ['MP3', esds({ objectType: 0x6b, specific: null }), 'mp4a.40.34'],
    ['MP3 at half rates', esds({ objectType: 0x69, specific: null }), 'mp4a.40.34'],
    ['a stream that depends on another', esds({}, [0x80, 0, 7]), 'mp4a.40.2'],
    ['a stream with a URL', esds({}, [0x40, 3, 65, 66, 67]), 'mp4a.40.2'],
    ['a stream with a clock of its own', esds({}, [0x20, 0, 7]), 'mp4a.40.2'],
    ['a stream with all of them', esds({}, [0xe0, 0, 7, 1, 65, 0, 9]), 'mp4a.40.2'],
  ])('of %s', (_, bytes, text) => {
    expect(codec(bytes)).toBe(text);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no stream', Uint8Array.of(0, 0, 0, 0, 6, 1, 2)],
    ['no configuration of the decoder', Uint8Array.of(0, 0, 0, 0, 3, 3, 0, 1, 0)],
    ['AAC that does not say which', esds({ specific: null })],
  ])('is not made up from %s', (_, bytes) => {
    expect(() => codec(bytes)).toThrow(MalformedBox);
  });

  test('comes out of any bytes, or they are malformed', () => {
    const change = fc.tuple(fc.nat(40), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change), fc.uint8Array(), (changes, extra) => {
        const bytes = Uint8Array.from([...esds({ long: true }), ...extra]);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          expect(codec(bytes)).toMatch(/^mp4a\.[0-9a-f]{1,2}(\.\d+)?$/);
        } catch (error) {
          if (!(error instanceof MalformedBox)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
