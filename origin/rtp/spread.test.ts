import { expect, test } from 'bun:test';
import { Spread } from './spread.ts';

const packets = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => Uint8Array.of((first + index) >> 8, (first + index) & 0xff));

/** Keeps how many came in each go, and which. */
function open() {
  const goes: number[] = [];
  const sent: number[] = [];
  const spread = new Spread((some) => {
    goes.push(some.length);
    sent.push(...some.map(([high = 0, low = 0]) => 256 * high + low));
  });
  return { goes, sent, spread };
}

const until = async (isIt: () => boolean) => {
  while (!isIt()) await new Promise((resolve) => setImmediate(resolve));
};

const counted = (count: number) => packets(count).map((_, index) => index);

test('what is small goes at once', () => {
  const { goes, spread } = open();
  spread.push(packets(12));
  spread.push(packets(3));
  expect(goes).toEqual([12, 3]);
});

test('what is large goes in parts, in order, and what comes behind it after it', async () => {
  const { goes, sent, spread } = open();
  spread.push(packets(50));
  spread.push(packets(3, 50));
  expect(goes).toEqual([20]);
  await until(() => sent.length === 53);
  expect(sent).toEqual(counted(53));
  expect(goes).toEqual([20, 20, 13]);
});

test('what waits can be let go', async () => {
  const { sent, spread } = open();
  spread.push(packets(50));
  spread.flush();
  expect(sent).toEqual(counted(50));
});
