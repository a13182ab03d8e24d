import { expect, test } from 'bun:test';
import type { Targets } from '../../runtime/udp.ts';
import { Outbox } from './outbox.ts';
import { Spread } from './spread.ts';

const packets = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => Uint8Array.of(first + index, (first + index) >> 8));

/** Keeps how many came in each go, and which. */
function open() {
  const goes: number[] = [];
  const sent: number[] = [];
  const to: Targets = {
    count: 1,
    send: (datagrams) => {
      goes.push(datagrams.length);
      sent.push(...datagrams.map(([low = 0, high = 0]) => low + 256 * high));
      return datagrams.length;
    },
  };
  return { goes, sent, to, spread: new Spread(new Outbox(() => {})) };
}

const until = async (isIt: () => boolean) => {
  while (!isIt()) await new Promise((resolve) => setImmediate(resolve));
};

test('what is small goes at once', () => {
  const { goes, to, spread } = open();
  spread.push(packets(16), to);
  spread.push(packets(3), to);
  expect(goes).toEqual([16, 3]);
});

test('what is large goes in parts, in order, and what comes behind it after it', async () => {
  const { goes, sent, to, spread } = open();
  spread.push(packets(40), to);
  spread.push(packets(3, 40), to);
  expect(goes).toEqual([16]);
  await until(() => sent.length === 43);
  expect(sent).toEqual(packets(43).map((_, index) => index));
  expect(goes).toEqual([16, 16, 8, 3]);
});

test('what is faster than it may be goes all the same', () => {
  const { sent, to, spread } = open();
  spread.push(packets(4_000), to);
  spread.push(packets(1_000, 4_000), to);
  expect(sent).toEqual(packets(5_000).map((_, index) => index));
});
