import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { quoted, seconds, tag } from './tag.ts';

describe('a tag', () => {
  test.each([
    [{}, '#T:'],
    [{ A: 1 }, '#T:A=1'],
    [{ A: 'YES', B: quoted('x,y=z') }, '#T:A=YES,B="x,y=z"'],
    [{ A: null, B: 2 }, '#T:B=2'],
    [{ A: quoted('') }, '#T:A=""'],
    [{ A: quoted('say "hi"\r\n#EXT-X-ENDLIST') }, '#T:A="say hi#EXT-X-ENDLIST"'],
  ])('with %p', (attributes, text) => {
    expect(tag('T', attributes)).toBe(text);
  });

  test('stays on one line, its quotes in pairs, whatever is quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', '\\', ',', '=') }), (text) => {
        expect(tag('T', { A: quoted(text), B: 1 })).toMatch(/^#T:A="[^"\r\n]*",B=1$/);
      }),
    );
  });
});

test.each([
  [2, '2.00000'],
  [2.002, '2.00200'],
  [1 / 3, '0.33333'],
  [1e-9, '0.00000'],
  [86_400, '86400.00000'],
])('%d seconds are written %s', (value, text) => {
  expect(seconds(value)).toBe(text);
});
