import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Packet, parse } from '../../../media/srt/packet.ts';
import { Connection, IDLE_MS, SILENT_MS } from './connection.ts';

const INITIAL = 500;

function open() {
  const said: Packet[] = [];
  const heard: number[] = [];
  const send = (datagram: Uint8Array) => {
    const packet = parse(datagram);
    if (packet !== null) said.push(packet);
  };
  const deliver = (payload: Uint8Array) => heard.push(payload[0] ?? -1);
  const connection = new Connection(
    { peer: 7, initial: INITIAL, latencyMs: 100, keys: null, send, deliver },
    0,
  );
  const data = (number: number, nowMs: number) =>
    connection.receive(
      {
        ...{ kind: 'data', timestamp: 0, destination: 1, sequence: INITIAL + number, parity: null },
        ...{ isRetransmitted: false, payload: Uint8Array.of(number) },
      },
      nowMs,
    );
  const control = (
    packet: { kind: 'keep-alive' | 'shutdown' } | { kind: 'ackack'; number: number },
    nowMs: number,
  ) => connection.receive({ ...packet, timestamp: 0, destination: 1 }, nowMs);
  const take = () => said.splice(0);
  return { connection, data, control, take, heard };
}

describe('media', () => {
  test('is acknowledged at the next tick, and again until that is known', () => {
    const { connection, data, control, take } = open();
    data(0, 1);
    connection.tick(10);
    expect(take()).toMatchObject([
      { kind: 'ack', number: 1, next: INITIAL + 1, destination: 7, timestamp: 10_000 },
    ]);
    connection.tick(20);
    expect(take()).toEqual([]);
    connection.tick(400);
    expect(take()).toMatchObject([{ kind: 'ack', number: 2, next: INITIAL + 1 }]);
    control({ kind: 'ackack', number: 2 }, 405);
    connection.tick(900);
    expect(take()).toEqual([]);
  });

  test('tells the round trip it measured', () => {
    const { connection, data, control, take } = open();
    data(0, 1);
    connection.tick(10);
    control({ kind: 'ackack', number: 1 }, 14);
    data(1, 15);
    connection.tick(20);
    expect(take().at(-1)).toMatchObject({ kind: 'ack', report: { rttUs: 4_000, rttVarianceUs: 2_000 } });
  });

  test('that comes fast is acknowledged before the tick', () => {
    const { data, take } = open();
    for (let number = 0; number < 64; number++) data(number, 1);
    expect(take()).toMatchObject([{ kind: 'ack', number: 0, next: INITIAL + 64, report: null }]);
  });

  test('that is missing is asked for at once, then again, then given up', () => {
    const { connection, data, take, heard } = open();
    data(1, 0);
    const losses = [{ first: INITIAL, last: INITIAL }];
    expect(take()).toMatchObject([{ kind: 'nak', losses }]);
    connection.tick(50);
    expect(take()).toEqual([]);
    connection.tick(99);
    expect(heard).toEqual([]);
    connection.tick(100);
    expect(heard).toEqual([1]);
    expect(take().map(({ kind }) => kind)).toEqual(['ack']);
    expect(connection.lost).toBe(1);
  });

  test('that is encrypted is refused where nothing should be', () => {
    const { connection, heard } = open();
    const packet = { kind: 'data', timestamp: 0, destination: 1, sequence: INITIAL } as const;
    connection.receive({ ...packet, parity: 'even', isRetransmitted: false, payload: Uint8Array.of(1) }, 0);
    expect(heard).toEqual([]);
    expect(connection.counts).toEqual({ received: 1, stale: 0, refused: 1 });
  });
});

describe('a connection', () => {
  test('says that it is there', () => {
    const { connection, take } = open();
    connection.tick(999);
    expect(take()).toEqual([]);
    connection.tick(1_000);
    expect(take()).toMatchObject([{ kind: 'keep-alive', destination: 7 }]);
  });

  test('is idle when nothing comes', () => {
    const { connection, control } = open();
    control({ kind: 'keep-alive' }, 1_000);
    expect(connection.tick(999 + IDLE_MS)).toBe('open');
    expect(connection.tick(1_000 + IDLE_MS)).toBe('idle');
  });

  test('is silent when no media comes', () => {
    const { connection, data, control } = open();
    data(0, 1_000);
    const end = 1_000 + SILENT_MS;
    for (let nowMs = 2_000; nowMs < end; nowMs += 1_000) {
      control({ kind: 'keep-alive' }, nowMs);
      expect(connection.tick(nowMs)).toBe('open');
    }
    expect(connection.tick(end)).toBe('silent');
  });

  test('is closed by its publisher', () => {
    const { control } = open();
    expect(control({ kind: 'shutdown' }, 1)).toBe('closed');
  });

  test('says goodbye', () => {
    const { connection, take } = open();
    connection.shutdown(5);
    expect(take()).toMatchObject([{ kind: 'shutdown', destination: 7 }]);
  });

  test('bears whatever a publisher sends', () => {
    const runs = Number(process.env.HEADWATER_FUZZ_RUNS ?? 1_000);
    const { connection, heard } = open();
    let nowMs = 0;
    const word = fc.constantFrom(0, 1, INITIAL, INITIAL + 5, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1);
    const datagram = fc.tuple(
      fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 0x7fff),
      fc.boolean(),
      fc.array(word, { maxLength: 20 }),
    );
    fc.assert(
      fc.property(datagram, ([type, isData, words]) => {
        const bytes = new Uint8Array(16 + words.length * 4);
        const view = new DataView(bytes.buffer);
        view.setUint16(0, isData ? type & 0xff : 0x8000 | type);
        view.setUint16(2, words[0] === INITIAL ? 3 : INITIAL + words.length);
        for (const [index, value] of words.entries()) view.setUint32(12 + index * 4, value);
        const packet = parse(bytes);
        if (packet !== null) connection.receive(packet, nowMs++);
        connection.tick(nowMs++);
      }),
      { numRuns: runs },
    );
    expect(heard.length).toBeLessThanOrEqual(connection.counts.received);
  });
});
