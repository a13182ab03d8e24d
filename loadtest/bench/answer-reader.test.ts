import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { AnswerReader, type Progress } from './answer-reader.ts';

const answer = (body: string, fields = `Content-Length: ${body.length}\r\n`, status = '200 OK') =>
  new TextEncoder().encode(`HTTP/1.1 ${status}\r\nETag: "1"\r\n${fields}\r\n${body}`);

/** Pushes pieces at 1 ms, 2 ms and so on; gives what came of the last. */
function read(pieces: readonly Uint8Array[]): Progress {
  const reader = new AnswerReader();
  return pieces.map((piece, index) => reader.push(piece, index + 1)).at(-1) ?? { kind: 'more' };
}

const bytewise = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));

describe('an answer', () => {
  test('in one piece comes at once', () => {
    expect(read([answer('hello')])).toEqual({ kind: 'whole', arrival: { firstMs: 1, lastMs: 1 } });
  });

  test.each(['', 'hello'])('byte by byte is whole with its last: %p', (body) => {
    const bytes = bytewise(answer(body));
    const arrival = { firstMs: 1, lastMs: bytes.length };
    expect(read(bytes)).toEqual({ kind: 'whole', arrival });
    expect(read(bytes.slice(0, -1))).toEqual({ kind: 'more' });
  });

  test.each<[string, Uint8Array]>([
    ['503', answer('no', undefined, '503 Service Unavailable')],
    ['length', answer('hello', '')],
    ['length', answer('hello', 'Content-Length: five\r\n')],
    ['too many', answer('hello', 'Content-Length: 4\r\n')],
    ['does not end', new Uint8Array(20_000).fill(65)],
  ])('that is no good is broken: %s', (problem, bytes) => {
    expect(read([bytes])).toEqual({ kind: 'broken', problem: expect.stringContaining(problem) });
  });

  test('of any bytes is read without a throw', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array()), (pieces) => void read(pieces)));
  });
});
