import { describe, expect, test } from 'bun:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { choose, encode } from './encoding.ts';

const text = new TextEncoder().encode('a river of words '.repeat(100));

test('every coding decodes to the same bytes', async () => {
  const encoded = await encode(text);
  expect(new Uint8Array(brotliDecompressSync(encoded.br ?? new Uint8Array()))).toEqual(text);
  expect(new Uint8Array(gunzipSync(encoded.gzip ?? new Uint8Array()))).toEqual(text);
});

test('a coding that saves nothing is left out', async () => {
  expect(Object.keys(await encode(new Uint8Array([1])))).toEqual(['identity']);
});

describe('the coding follows Accept-Encoding', () => {
  const cases = [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['BR', 'br'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['br;q=banana', 'identity'],
    ['', 'identity'],
    [undefined, 'identity'],
  ] as const;
  for (const [header, coding] of cases) {
    test(String(header), async () => expect(choose(await encode(text), header)).toBe(coding));
  }
});
