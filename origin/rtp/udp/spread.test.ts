import { expect, test } from 'bun:test';
import { Spread } from './spread.ts';

const packetsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => Uint8Array.of(first + index));

/** Resolves when so many packets have come; gives how many came at a time. */
function receiver(count: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const came: Uint8Array[] = [];
  const sizes: number[] = [];
  const spread = new Spread((packets) => {
    came.push(...packets);
    sizes.push(packets.length);
    if (came.length >= count) resolve();
  });
  return { spread, came, sizes, all: promise };
}

test('a few packets go at once', () => {
  const { spread, came } = receiver(3);
  spread.push(packetsFrom(0, 3));
  expect(came).toHaveLength(3);
});

test('many go twenty at a time, in order, and those behind them wait for their turn', async () => {
  const { spread, came, sizes, all } = receiver(52);
  spread.push(packetsFrom(0, 50));
  expect(came).toHaveLength(20);
  spread.push(packetsFrom(50, 2));
  await all;
  expect(came.map(([number]) => number)).toEqual(Array.from({ length: 52 }, (_, index) => index));
  expect(sizes).toEqual([20, 20, 12]);
});

test('more than can wait goes in larger parts, and all of it when it is asked for', () => {
  const { spread, came, sizes } = receiver(0);
  spread.push(Array.from({ length: 2_000 }, () => Uint8Array.of(0)));
  expect(sizes).toEqual([100]);
  spread.flush();
  expect(came).toHaveLength(2_000);
});
