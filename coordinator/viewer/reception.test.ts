import { expect, test } from 'bun:test';
import { receptionOf } from './reception.ts';

const report = (timestamp: number, bytes: number) =>
  new Map([
    ['a', { type: 'inbound-rtp', kind: 'audio', timestamp, bytesReceived: 100 }],
    [
      'v',
      {
        ...{ type: 'inbound-rtp', kind: 'video', timestamp, bytesReceived: bytes, frameHeight: 720 },
        ...{ jitterBufferDelay: 3, jitterBufferEmittedCount: 60 },
      },
    ],
    ['t', { type: 'transport', timestamp, bytesReceived: 9_999 }],
  ]);

test('what is received is told of pictures and sound together', () => {
  const first = receptionOf(report(1_000, 900), null);
  expect(first).toEqual({ bytes: 1_000, at: 1_000, height: 720, bitrate: null, delayMs: 50 });
  const second = receptionOf(report(3_000, 250_900), first);
  expect(second).toMatchObject({ bytes: 251_000, bitrate: 1_000_000 });
});

test('before anything came there is nothing to tell', () => {
  expect(receptionOf(new Map(), null)).toEqual({ bytes: 0, at: 0, height: 0, bitrate: null, delayMs: null });
});
