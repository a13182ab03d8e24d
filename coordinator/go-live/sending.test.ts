import { expect, test } from 'bun:test';
import { type Counts, count, rowsOf } from './sending.ts';

const REPORT = [
  {
    type: 'outbound-rtp',
    kind: 'video',
    bytesSent: 250_000,
    packetsSent: 250,
    frameWidth: 1280,
    frameHeight: 720,
    framesPerSecond: 29.7,
  },
  { type: 'outbound-rtp', kind: 'audio', bytesSent: 4_000, packetsSent: 50 },
  { type: 'remote-inbound-rtp', kind: 'video', packetsLost: 3, roundTripTime: 0.0213 },
  { type: 'remote-inbound-rtp', kind: 'audio', packetsLost: 0, roundTripTime: 0.02 },
  { type: 'transport', bytesSent: 999_999 },
];

const NOTHING: Counts = {
  atMs: 0,
  bytes: 0,
  packets: 0,
  lost: 0,
  width: 0,
  height: 0,
  framesPerSecond: 0,
  roundTripMs: null,
};

test('a report adds up over picture and sound', () => {
  expect(count(REPORT, 1_000)).toEqual({
    atMs: 1_000,
    bytes: 254_000,
    packets: 300,
    lost: 3,
    width: 1280,
    height: 720,
    framesPerSecond: 29.7,
    roundTripMs: 21.3,
  });
});

test('an empty report is nothing sent', () => {
  expect(count([], 0)).toEqual(NOTHING);
});

test('rows say what is sent now', () => {
  expect(rowsOf(count(REPORT, 1_000), NOTHING)).toEqual([
    ['Picture', '1280×720 · 30/s'],
    ['Bit rate', '2 Mbit/s'],
    ['Packets lost', '3 · 1.0 %'],
    ['Round trip', '21 ms'],
  ]);
});

test('what is not known is left out', () => {
  expect(rowsOf(NOTHING, null)).toEqual([['Packets lost', '0']]);
});
