import { expect, test } from 'bun:test';
import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import type { Feed } from '../packaging/feed.ts';
import { SharedFeed } from './shared-feed.ts';

const MOVIE: Demuxed = { kind: 'movie', tracks: [] };
const samples = (trackId: number): Demuxed => ({ kind: 'samples', runs: [{ trackId, samples: [] }] });

async function* feedOf(events: readonly Demuxed[], error?: Error): Feed {
  yield* events;
  if (error) throw error;
}

const on = () => new AbortController();

async function collect(feed: Feed): Promise<Demuxed[]> {
  const found: Demuxed[] = [];
  for await (const event of feed) found.push(event);
  return found;
}

test('a feed is read to its end', async () => {
  const shared = new SharedFeed(feedOf([MOVIE, samples(1)]));
  expect(shared.end).toBeNull();
  expect(await collect(shared.read(on().signal))).toEqual([MOVIE, samples(1)]);
  expect(shared.end).toEqual({ kind: 'ended' });
});

test('each go starts with the tracks, and goes on where the one before it stopped', async () => {
  const shared = new SharedFeed(feedOf([MOVIE, samples(1), samples(2), samples(3)]));
  const first = on();
  for await (const event of shared.read(first.signal)) if (event.kind === 'samples') first.abort();
  expect(await collect(shared.read(on().signal))).toEqual([MOVIE, samples(2), samples(3)]);
});

test('a go that waits when it is told to stop loses nothing of what comes then', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = async function* (): Feed {
    yield MOVIE;
    await promise;
    yield samples(1);
  };
  const shared = new SharedFeed(slow());
  const first = on();
  const reading = collect(shared.read(first.signal));
  first.abort();
  await reading;
  resolve();
  expect(await collect(shared.read(on().signal))).toEqual([MOVIE, samples(1)]);
});

test('that a feed broke off is told by its end, and not thrown', async () => {
  const shared = new SharedFeed(feedOf([MOVIE], new Error('the cable is out')));
  expect(await collect(shared.read(on().signal))).toEqual([MOVIE]);
  expect(shared.end).toEqual({ kind: 'broken', reason: 'the cable is out' });
  expect(await collect(shared.read(on().signal))).toEqual([MOVIE]);
});
