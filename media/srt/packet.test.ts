import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { CARRIES, EXTENSIONS, type Handshake, MAGIC, STAGES } from './handshake.ts';
import { type Packet, parse, print } from './packet.ts';

const HEADER = { timestamp: 0x0102_0304, destination: 0x0a0b_0c0d };
const TAIL = '01020304 0a0b0c0d';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const HANDSHAKE: Handshake = {
  version: 4,
  encryption: 0,
  extensionField: 2,
  initialSequence: 0x1234_5678,
  mtu: 1_500,
  flowWindow: 8_192,
  stage: STAGES.induction,
  socket: 77,
  cookie: 0,
  peerAddress: hex('0100007f 00000000 00000000 00000000'),
  extensions: [],
};

const INDUCTION = '00000004 00000002 12345678 000005dc 00002000 00000001 0000004d 00000000';
const CONCLUSION = '00000005 00020007 12345678 000005dc 00002000 ffffffff 0000004d 0badcafe';
const ADDRESS = '0100007f 00000000 00000000 00000000';

const CONCLUDING: Handshake = {
  ...HANDSHAKE,
  version: 5,
  encryption: 2,
  extensionField: CARRIES.settings | CARRIES.keyMaterial | CARRIES.configuration,
  stage: STAGES.conclusion,
  cookie: 0x0bad_cafe,
  extensions: [
    { type: EXTENSIONS.settingsRequest, content: hex('00010501 000000bf 00780078') },
    { type: EXTENSIONS.streamId, content: hex('6c627570') },
  ],
};

const REPORT = {
  rttUs: 1,
  rttVarianceUs: 2,
  available: 3,
  packetsPerSecond: 4,
  capacityPerSecond: 5,
  bytesPerSecond: 6,
};

const data = { kind: 'data', ...HEADER, sequence: 5, parity: null, isRetransmitted: false } as const;

const CASES: readonly (readonly [name: string, bytes: string, packet: Packet])[] = [
  ['data', `00000005 c0000005 ${TAIL} 474001`, { ...data, payload: hex('474001') }],
  ['no data', `7fffffff c3ffffff ${TAIL}`, { ...data, sequence: 0x7fff_ffff, payload: hex('') }],
  ['even', `00000005 c8000005 ${TAIL} 47`, { ...data, parity: 'even', payload: hex('47') }],
  [
    'odd, again',
    `00000005 d4000005 ${TAIL} 47`,
    { ...data, parity: 'odd', isRetransmitted: true, payload: hex('47') },
  ],
  [
    'induction',
    `80000000 00000000 ${TAIL} ${INDUCTION} ${ADDRESS}`,
    { kind: 'handshake', ...HEADER, handshake: HANDSHAKE },
  ],
  [
    'conclusion',
    `80000000 00000000 ${TAIL} ${CONCLUSION} ${ADDRESS} 00010003 00010501000000bf00780078 00050001 6c627570`,
    { kind: 'handshake', ...HEADER, handshake: CONCLUDING },
  ],
  ['keep-alive', `80010000 00000000 ${TAIL}`, { kind: 'keep-alive', ...HEADER }],
  [
    'light ack',
    `80020000 00000000 ${TAIL} 00000009`,
    { kind: 'ack', ...HEADER, number: 0, next: 9, report: null },
  ],
  [
    'full ack',
    `80020000 00000007 ${TAIL} 00000009 00000001 00000002 00000003 00000004 00000005 00000006`,
    { kind: 'ack', ...HEADER, number: 7, next: 9, report: REPORT },
  ],
  [
    'nak',
    `80030000 00000000 ${TAIL} 00000002 80000004 00000007 00000009`,
    {
      kind: 'nak',
      ...HEADER,
      losses: [
        { first: 2, last: 2 },
        { first: 4, last: 7 },
        { first: 9, last: 9 },
      ],
    },
  ],
  ['shutdown', `80050000 00000000 ${TAIL}`, { kind: 'shutdown', ...HEADER }],
  ['ackack', `80060000 00000007 ${TAIL}`, { kind: 'ackack', ...HEADER, number: 7 }],
  [
    'drop',
    `80070000 00000003 ${TAIL} 00000004 00000006`,
    { kind: 'drop', ...HEADER, message: 3, range: { first: 4, last: 6 } },
  ],
  [
    'key material asked',
    `ffff0003 00000000 ${TAIL} 12202901`,
    { kind: 'key-material', ...HEADER, isRequest: true, message: hex('12202901') },
  ],
  [
    'key material answered',
    `ffff0004 00000000 ${TAIL} 12202901`,
    { kind: 'key-material', ...HEADER, isRequest: false, message: hex('12202901') },
  ],
];

describe('a packet', () => {
  test.each(CASES)('%s is read', (_, bytes, packet) => {
    expect(parse(hex(bytes))).toEqual(packet);
  });

  test.each(CASES)('%s is printed', (_, bytes, packet) => {
    expect(print(packet)).toEqual(hex(bytes));
  });

  test('names the protocol where it answers an induction', () => {
    const answer = { ...HANDSHAKE, version: 5, extensionField: MAGIC };
    expect(Buffer.from(print({ kind: 'handshake', ...HEADER, handshake: answer })).toString('hex')).toContain(
      '4a17',
    );
  });

  test.each([
    ['is empty', ''],
    ['is shorter than a header', '00000005 c0000005 01020304 0a0b0c'],
    ['has both keys', `00000005 d8000005 ${TAIL} 47`],
    ['is of a type that is not known', `81230000 00000000 ${TAIL}`],
    ['is user-defined otherwise', `ffff0009 00000000 ${TAIL}`],
    ['is a handshake cut short', `80000000 00000000 ${TAIL} ${INDUCTION} 0100007f`],
    ['has an extension cut short', `80000000 00000000 ${TAIL} ${INDUCTION} ${ADDRESS} 00010003 00010501`],
    ['has half an extension', `80000000 00000000 ${TAIL} ${INDUCTION} ${ADDRESS} 0001`],
    ['acknowledges nothing', `80020000 00000000 ${TAIL}`],
    ['loses a range without end', `80030000 00000000 ${TAIL} 80000004`],
    ['loses a range to a range', `80030000 00000000 ${TAIL} 80000004 80000007`],
    ['drops half a range', `80070000 00000003 ${TAIL} 00000004`],
  ])('that %s is none', (_, bytes) => {
    expect(parse(hex(bytes))).toBeNull();
  });
});

/** The long form is for a change to the parsers: `HEADWATER_FUZZ_RUNS=10000`. */
const RUNS = Number(process.env.HEADWATER_FUZZ_RUNS ?? 1_000);

const mutated = fc
  .record({
    index: fc.nat(CASES.length - 1),
    changes: fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
    length: fc.option(fc.nat(200)),
  })
  .map(({ index, changes, length }) => {
    const bytes = hex(CASES[index]?.[1] ?? '');
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return length === null ? bytes : bytes.subarray(0, length);
  });

describe('bytes of anybody', () => {
  test('never throw, and what is read can be printed and read again', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 128 })), (bytes) => {
        const packet = parse(bytes);
        if (packet !== null) expect(parse(print(packet))).toEqual(packet);
      }),
      { numRuns: RUNS },
    );
  });
});
