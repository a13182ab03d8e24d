import { expect, test } from 'bun:test';
import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import { FeedQueue, TooSlow } from './feed-queue.ts';

const samples = (bytes: number): Demuxed => ({
  kind: 'samples',
  runs: [
    {
      trackId: 1,
      samples: [{ dts: 0, compositionOffset: 0, duration: 1, sync: true, data: new Uint8Array(bytes) }],
    },
  ],
});

async function read(queue: FeedQueue): Promise<number> {
  let count = 0;
  for await (const _ of queue) count += 1;
  return count;
}

test('what is pushed is read, before and after it is waited for', async () => {
  const queue = new FeedQueue();
  queue.push(samples(1));
  const reading = read(queue);
  queue.push(samples(1));
  await Promise.resolve();
  queue.push(samples(1));
  queue.end(null);
  queue.push(samples(1));
  expect(await reading).toBe(3);
});

test('what is held is still read before the error', async () => {
  const queue = new FeedQueue();
  queue.push(samples(1));
  queue.end(new Error('gone'));
  const seen: Demuxed[] = [];
  const reading = (async () => {
    for await (const event of queue) seen.push(event);
  })();
  expect(reading).rejects.toThrow('gone');
  await reading.catch(() => {});
  expect(seen.length).toBe(1);
});

test('a packager that takes nothing is given up, and memory is bounded', async () => {
  const queue = new FeedQueue();
  for (let index = 0; index < 100; index++) queue.push(samples(1024 * 1024));
  await expect(read(queue)).rejects.toThrow(TooSlow);
});

test('who can wait has room again when what is held was taken', async () => {
  const queue = new FeedQueue();
  await queue.room();
  queue.push(samples(5 * 1024 * 1024));
  let hasRoom = false;
  const room = queue.room().then(() => {
    hasRoom = true;
  });
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  queue.push(samples(1));
  const reading = read(queue);
  await room;
  queue.end(null);
  expect(await reading).toBe(2);
});
