import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { readStreamId, type StreamId } from './stream-id.ts';

/** As a caller puts it into words whose bytes are in the reverse order. */
function coded(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const filled = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  filled.set(bytes);
  return filled.map((_, index) => filled[index ^ 3] ?? 0);
}

const publish = (resource: string, key: string): StreamId => ({ kind: 'publish', resource, key });

test.each<[string, StreamId]>([
  ['publish:studio:secret', publish('studio', 'secret')],
  ['publish:studio:a:b', publish('studio', 'a:b')],
  ['publish:studio:', publish('studio', '')],
  ['#!::r=studio,m=publish,s=secret', publish('studio', 'secret')],
  ['#!::u=me,m=publish,s=a=b,t=stream,r=studio', publish('studio', 'a=b')],
  ['#!::r=ünïcode,m=publish,s=ß', publish('ünïcode', 'ß')],
  ['#!::r=studio,s=secret', { kind: 'other-mode' }],
  ['#!::r=studio,m=request,s=secret', { kind: 'other-mode' }],
  ['request:studio', { kind: 'other-mode' }],
  ['read:studio', { kind: 'other-mode' }],
  ['', { kind: 'malformed' }],
  ['studio', { kind: 'malformed' }],
  ['publish:studio', { kind: 'malformed' }],
  ['publish::secret', { kind: 'malformed' }],
  ['#!::m=publish', { kind: 'malformed' }],
  ['#!::m=publish,r=,s=secret', { kind: 'malformed' }],
  ['#!::m=publish,r=studio', { kind: 'malformed' }],
  [`publish:studio:${'x'.repeat(512)}`, { kind: 'malformed' }],
])('%j', (text, expected) => {
  expect(readStreamId(coded(text))).toEqual(expected);
});

test('any bytes are read as something', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(['publish', 'other-mode', 'malformed']).toContain(readStreamId(bytes).kind);
    }),
  );
});
