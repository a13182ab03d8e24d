import { describe, expect, test } from 'bun:test';
import { MalformedBox } from '../isobmff/box.ts';
import { byteStream } from './annex-b.ts';

const SEQUENCE = [0x67, 1];
const PICTURE = [0x68, 2];
const KEY = [0x65, 3, 4];
const SLICE = [0x41, 5];
const DELIMITER = [0x09, 0xf0];

const configuration = (lengthBytes: number) => ({
  lengthBytes,
  parameterSets: [Uint8Array.from(SEQUENCE), Uint8Array.from(PICTURE)],
});

const sample = (sync: boolean, lengthBytes: number, ...units: readonly (readonly number[])[]) => ({
  ...{ dts: 0, compositionOffset: 0, duration: 1, sync },
  data: Uint8Array.from(
    units.flatMap((unit) => [...new Array<number>(lengthBytes - 1).fill(0), unit.length, ...unit]),
  ),
});

const written = (...args: Parameters<typeof byteStream>) => [...Buffer.concat(byteStream(...args))];
const stream = (...units: readonly (readonly number[])[]) => units.flatMap((unit) => [0, 0, 0, 1, ...unit]);

describe('a picture as a byte stream', () => {
  test.each([1, 2, 4])('has start codes for lengths of %d bytes', (lengthBytes) => {
    const two = sample(false, lengthBytes, SLICE, SLICE);
    expect(written(two, configuration(lengthBytes))).toEqual(stream(DELIMITER, SLICE, SLICE));
  });

  test('that a decoder can start at brings the parameter sets', () => {
    const expected = stream(DELIMITER, SEQUENCE, PICTURE, KEY);
    expect(written(sample(true, 4, KEY), configuration(4))).toEqual(expected);
    expect(written(sample(true, 4, SEQUENCE, PICTURE, KEY), configuration(4))).toEqual(expected);
  });

  test('has one delimiter, whether or not it had one', () => {
    expect(written(sample(false, 4, DELIMITER, SLICE), configuration(4))).toEqual(stream(DELIMITER, SLICE));
  });

  test('whose units are cut short is malformed', () => {
    const { data, ...rest } = sample(false, 4, SLICE);
    expect(() => byteStream({ ...rest, data: data.subarray(0, -1) }, configuration(4))).toThrow(MalformedBox);
    expect(() => byteStream({ ...rest, data: data.subarray(0, 3) }, configuration(4))).toThrow(MalformedBox);
  });
});
