import { describe, expect, test } from 'bun:test';
import { Reception } from './reception.ts';

const packet = (sequence: number, timestamp: number) => ({
  ...{ sequence, timestamp, marker: false, payloadType: 96, ssrc: 7, payload: new Uint8Array() },
});

describe('how a stream arrives', () => {
  test('is not known before it does', () => {
    expect(new Reception(7, 90_000).report(0)).toBeNull();
  });

  test('counts what is lost, since the start and since the last report, over the end of the counter', () => {
    const reception = new Reception(7, 90_000);
    for (const sequence of [65_534, 65_535, 1]) reception.push(packet(sequence, 0), 0);
    expect(reception.report(0)).toMatchObject({ lost: 1, fractionLost: 64, highestSequence: 65_536 * 2 + 1 });
    for (const sequence of [2, 3]) reception.push(packet(sequence, 0), 0);
    expect(reception.report(0)).toMatchObject({ lost: 1, fractionLost: 0 });
  });

  test('has no jitter when packets come as they were stamped', () => {
    const reception = new Reception(7, 90_000);
    for (let index = 0; index < 10; index++) reception.push(packet(index, index * 900), index * 10);
    expect(reception.report(0)).toMatchObject({ jitter: 0 });
    reception.push(packet(10, 9_000), 116);
    expect(reception.report(0)).toMatchObject({ jitter: 90 });
  });

  test('says when the sender was heard last', () => {
    const reception = new Reception(7, 90_000);
    reception.push(packet(0, 0), 0);
    reception.heard(0xabcd, 1_000);
    expect(reception.report(1_500)).toMatchObject({ shortTime: 0xabcd, delay: 32_768 });
  });
});
