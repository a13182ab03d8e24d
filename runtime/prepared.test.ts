import { expect, test } from 'bun:test';
import { prepare } from './prepared.ts';

const HEADERS = { 'Content-Type': 'text/plain', ETag: '"1"' } as const;
const prepared = prepare(new TextEncoder().encode('abcdef'), HEADERS);

test('all of it, each time anew', async () => {
  for (let round = 0; round < 3; round++) {
    const response = prepared.whole();
    expect(response.status).toBe(200);
    expect([...response.headers]).toEqual([
      ['content-type', 'text/plain'],
      ['etag', '"1"'],
    ]);
    expect(await response.text()).toBe('abcdef');
  }
  expect(prepared.size).toBe(6);
});

test.each([
  [0, 5, 'abcdef'],
  [2, 3, 'cd'],
  [5, 5, 'f'],
])('bytes %d to %d', async (first, last, text) => {
  expect(await new Response(prepared.part(first, last)).text()).toBe(text);
});

test('nothing', async () => {
  const nothing = prepare(new Uint8Array(), HEADERS);
  expect(nothing.size).toBe(0);
  expect(await nothing.whole().text()).toBe('');
});
