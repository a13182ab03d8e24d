import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ChunkReader, COMMAND_MAX_BYTES, MEDIA_MAX_BYTES } from './chunk-reader.ts';
import { writeMessage } from './chunk-writer.ts';
import { MalformedRtmp } from './malformed.ts';
import type { Message } from './message.ts';

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(' ', ''));

/** A message in format 0. */
const HELLO = '03 000010 000002 08 01000000 aabb';

type Seen = readonly [timestamp: number, type: number, streamId: number, payload: string];

const seen = (messages: Iterable<Message>): Seen[] =>
  [...messages].map(({ timestamp, type, streamId, payload }) => [timestamp, type, streamId, payload.toHex()]);

const CASES: readonly (readonly [string, string, readonly Seen[]])[] = [
  ['a message', HELLO, [[16, 8, 1, 'aabb']]],
  [
    'a difference',
    `${HELLO} 43 000005 000001 09 cc`,
    [
      [16, 8, 1, 'aabb'],
      [21, 9, 1, 'cc'],
    ],
  ],
  [
    'a difference, and the same length',
    `${HELLO} 83 000005 ccdd`,
    [
      [16, 8, 1, 'aabb'],
      [21, 8, 1, 'ccdd'],
    ],
  ],
  [
    'the same difference twice',
    `${HELLO} 83 000005 ccdd c3 eeff`,
    [
      [16, 8, 1, 'aabb'],
      [21, 8, 1, 'ccdd'],
      [26, 8, 1, 'eeff'],
    ],
  ],
  [
    'nothing new after format 0',
    `${HELLO} c3 ccdd`,
    [
      [16, 8, 1, 'aabb'],
      [32, 8, 1, 'ccdd'],
    ],
  ],
  ['an empty message', '03 000000 000000 09 01000000', [[0, 9, 1, '']]],
  ['a chunk stream of two bytes', '00 05 000010 000001 08 01000000 aa', [[16, 8, 1, 'aa']]],
  ['a chunk stream of three bytes', '01 05 01 000010 000001 08 01000000 aa', [[16, 8, 1, 'aa']]],
  ['an extended time', '03 ffffff 000001 08 01000000 01000000 aa', [[0x0100_0000, 8, 1, 'aa']]],
  [
    'a time that wraps',
    '03 ffffff 000001 08 01000000 fffffffe aa 83 000003 bb',
    [
      [0xffff_fffe, 8, 1, 'aa'],
      [1, 8, 1, 'bb'],
    ],
  ],
  [
    'a size of chunks',
    `02 000000 000004 01 00000000 00000001 03 000000 000002 08 01000000 aa c3 bb`,
    [[0, 8, 1, 'aabb']],
  ],
  [
    'an extended time that each chunk repeats',
    `02 000000 000004 01 00000000 00000001 03 ffffff 000002 08 01000000 01000000 aa c3 01000000 bb`,
    [[0x0100_0000, 8, 1, 'aabb']],
  ],
  [
    'two messages at a time',
    '02 000000 000004 01 00000000 00000001 03 000000 000002 08 01000000 aa 04 000000 000002 09 01000000 cc c3 bb c4 dd',
    [
      [0, 8, 1, 'aabb'],
      [0, 9, 1, 'ccdd'],
    ],
  ],
  [
    'a message that is given up',
    `02 000000 000004 01 00000000 00000001 03 000000 000002 08 01000000 aa 02 000000 000004 02 00000000 00 c2 00 c2 00 c2 03 ${HELLO.replace(' aabb', ' cc c3 dd')}`,
    [[16, 8, 1, 'ccdd']],
  ],
  [
    'a message that another one takes the place of',
    `02 000000 000004 01 00000000 00000001 03 000000 000002 08 01000000 aa 03 000000 000001 09 01000000 bb`,
    [[0, 9, 1, 'bb']],
  ],
];

describe('chunks', () => {
  test.each(CASES)('of %s', (_, hex, messages) => {
    const reader = new ChunkReader();
    expect(seen(reader.push(bytes(hex)))).toEqual([...messages]);
    expect(reader.pending).toBe(0);
  });

  test.each(CASES)('of %s, byte by byte', (_, hex, messages) => {
    const reader = new ChunkReader();
    const found = [...bytes(hex)].flatMap((byte) => seen(reader.push(Uint8Array.of(byte))));
    expect(found).toEqual([...messages]);
  });

  test('are read as they are written', () => {
    const payload = fc.uint8Array({ maxLength: 1000 });
    fc.assert(
      fc.property(payload, fc.integer({ min: 3, max: 31 }), fc.nat(0xffff), (own, type, streamId) => {
        const written = writeMessage(4, { type, streamId, payload: own });
        expect(seen(new ChunkReader().push(written))).toEqual([[0, type, streamId, own.toHex()]]);
      }),
    );
  });

  test.each([
    ['goes on with nothing', 'c3 00'],
    ['only says a difference', '83 000005'],
    ['has a chunk size of 0', '02 000000 000004 01 00000000 00000000'],
    ['has a chunk size with the upper bit', '02 000000 000004 01 00000000 80000001'],
    ['cuts its chunk size short', '02 000000 000002 01 00000000 0000'],
  ])('one that %s is malformed', (_, hex) => {
    expect(() => [...new ChunkReader().push(bytes(hex))]).toThrow(MalformedRtmp);
  });
});

/** The first chunk of a message of a length. */
const begun = (chunkStream: number, length: number) =>
  Uint8Array.from([chunkStream, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255, 9, 1, 0, 0, 0, 0]);

describe('limits', () => {
  test('of a message, small until media may come', () => {
    expect(() => [...new ChunkReader().push(begun(3, COMMAND_MAX_BYTES + 1))]).toThrow(MalformedRtmp);
    const withMedia = () => {
      const reader = new ChunkReader();
      reader.takeMedia();
      return reader;
    };
    expect([...withMedia().push(begun(3, MEDIA_MAX_BYTES))]).toEqual([]);
    expect(() => [...withMedia().push(begun(3, MEDIA_MAX_BYTES + 1))]).toThrow(MalformedRtmp);
  });

  test('of all messages that are on their way', () => {
    const reader = new ChunkReader();
    const all = [3, 4, 5].map((id) => begun(id, COMMAND_MAX_BYTES));
    const push = (chunk: Uint8Array) => {
      // The rest of the chunk of 128 bytes.
      for (const _ of reader.push(Uint8Array.from([...chunk, ...new Uint8Array(127)])));
    };
    push(all[0] ?? new Uint8Array());
    push(all[1] ?? new Uint8Array());
    expect(reader.pending).toBe(COMMAND_MAX_BYTES * 2);
    expect(() => push(all[2] ?? new Uint8Array())).toThrow(MalformedRtmp);
  });

  test('of chunk streams', () => {
    const reader = new ChunkReader();
    const open = (id: number) => [...reader.push(Uint8Array.of(id, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0))];
    for (let id = 2; id < 34; id++) expect(open(id).length).toBe(1);
    expect(() => open(34)).toThrow(MalformedRtmp);
  });
});
