import { expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { nalUnits } from './nal-units.ts';

test.each([1, 2, 3, 4])('units behind lengths of %i bytes', (lengthBytes) => {
  const length = (bytes: number) => [...new Uint8Array(lengthBytes - 1), bytes];
  const data = Uint8Array.from([...length(2), 1, 2, ...length(0), ...length(1), 3]);
  expect(nalUnits(data, lengthBytes)).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
});

test.each([[[0, 0, 0, 2, 1]], [[0, 0]], [[0xff, 0xff, 0xff, 0xff, 1]]])('%j is refused', (bytes) => {
  expect(() => nalUnits(Uint8Array.from(bytes), 4)).toThrow(MalformedBox);
});

test('broken bytes are refused or read', () => {
  brokenBytes(Uint8Array.of(0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 3), (bytes) => nalUnits(bytes, 4));
});
