import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { type Amf0Value, readValues, writeValues } from './amf0.ts';
import { MalformedFlv } from './malformed.ts';

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(' ', ''));

describe('AMF0', () => {
  test.each<[string, string, Amf0Value]>([
    ['a number', '00 3ff0000000000000', 1],
    ['true', '01 01', true],
    ['a text', '02 0002 6869', 'hi'],
    ['null', '05', null],
    ['undefined', '06', undefined],
    ['an object', '03 0001 61 05 0000 09', { a: null }],
    ['an array', '0a 00000002 05 0100', [null, false]],
  ])('%s is read and written', (_, hex, value) => {
    expect(readValues(bytes(hex))).toEqual([value]);
    expect(writeValues(value)).toEqual(bytes(hex));
  });

  test.each<[string, string, Amf0Value]>([
    ['a map', '08 00000007 0001 61 05 0000 09', { a: null }],
    ['a date', '0b 3ff0000000000000 0000', 1],
    ['a long text', '0c 00000002 6869', 'hi'],
    ['XML', '0f 00000002 6869', 'hi'],
    ['an unsupported value', '0d', undefined],
    ['an object of a class', '10 0001 43 0001 61 05 0000 09', { a: null }],
    ['a property without a name', '03 0000 05 0000 09', { '': null }],
    ['a property that objects have', '03 0009 5f5f70726f746f5f5f 05 0000 09', { ['__proto__']: null }],
  ])('%s is read', (_, hex, value) => {
    expect(readValues(bytes(hex))).toEqual([value]);
  });

  test.each([
    ['a cut number', '00 3ff0'],
    ['a cut text', '02 0005 6869'],
    ['an object without an end', '03 0001 61 05'],
    ['an array that claims too much', '0a ffffffff 05'],
    ['a reference', '07 0000'],
    ['AMF3', '11 01'],
    ['objects in objects without end', '03 0001 61 '.repeat(40)],
  ])('%s is malformed', (_, hex) => {
    expect(() => readValues(bytes(hex))).toThrow(MalformedFlv);
  });

  test('what is written is read', () => {
    const leaf = fc.oneof(fc.double({ noNaN: true }), fc.boolean(), fc.string(), fc.constant(null));
    const object = fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(leaf, fc.array(leaf)), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(leaf, object)), (values) => {
        expect(readValues(writeValues(...values))).toEqual(values);
      }),
    );
  });

  test('broken bytes are malformed or values', () => {
    const whole = writeValues('connect', 1, {
      app: 'live',
      list: ['a', 'b'],
      deep: { number: 5, flag: true },
    });
    brokenBytes(whole, readValues, [MalformedFlv]);
  });
});
