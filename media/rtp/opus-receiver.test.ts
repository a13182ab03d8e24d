import { expect, test } from 'bun:test';
import { recorded } from '../../tests/recorded.ts';
import { OpusReceiver } from './opus-receiver.ts';

const packets = recorded('opus');

test("what Chromium's microphone sends is sound of 20 ms without a gap", () => {
  const receiver = new OpusReceiver();
  const sounds = packets.flatMap((packet, index) => receiver.push(packet, index * 20));
  expect(sounds.length).toBe(packets.length);
  const ends = sounds.map(({ time, duration }) => time + duration);
  expect(sounds.slice(1).map(({ time }) => time)).toEqual(ends.slice(0, -1));
  expect(new Set(sounds.map(({ duration }) => duration))).toEqual(new Set([960]));
});

test('what is lost or malformed is left out, and times stay', () => {
  const receiver = new OpusReceiver();
  const [first, , third, fourth] = packets;
  if (first === undefined || third === undefined || fourth === undefined) throw new Error('too few packets');
  const sent = [first, third, { ...fourth, payload: new Uint8Array() }];
  const sounds = sent.flatMap((packet, index) => receiver.push(packet, index * 200));
  expect(sounds.map(({ time }) => time - (sounds[0]?.time ?? 0))).toEqual([0, 1_920]);
});

test('the clock is known once there is sound', () => {
  const receiver = new OpusReceiver();
  const [first] = packets;
  if (first === undefined) throw new Error('no packets');
  expect(receiver.mediaMs(first.timestamp)).toBeNull();
  receiver.push(first, 0);
  const before = receiver.mediaMs(first.timestamp) ?? 0;
  expect((receiver.mediaMs((first.timestamp + 48_000) % 2 ** 32) ?? 0) - before).toBeCloseTo(1_000);
});
