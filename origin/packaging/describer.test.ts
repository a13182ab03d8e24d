import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { KV } from '@nats-io/kv';
import { type Bus, openBucket, watchBucket } from '../../runtime/bus.ts';
import { type Nats, startNats, testBus } from '../../tests/nats.ts';
import { quiet } from '../../tests/quiet.ts';
import { Told } from '../../tests/told.ts';
import { Catalog } from '../../wire/catalog.ts';
import { PresentationId } from '../../wire/ids.ts';
import type { Presentation } from '../../wire/presentation.ts';
import { PRESENTATIONS_BUCKET } from '../../wire/subjects.ts';
import { Describer } from './describer.ts';

const id = PresentationId.parse('bbb');
const first: Presentation = {
  ...{
    id,
    title: 'Film',
    kind: 'vod',
    chunkDurationMs: null,
    targetDurationMs: 2_000,
    windowMs: 0,
    durationMs: null,
    outputs: ['hls', 'dash'],
    protection: 'none',
    onDemand: false,
    poster: false,
  },
  state: { name: 'packaging', progress: 0 },
  tracks: [],
};
const packaging = (progress: number) => ({ state: { name: 'packaging', progress } }) as const;

describe('a description', () => {
  let nats: Nats;
  let bus: Bus;
  let bucket: KV;
  beforeEach(async () => {
    nats = await startNats();
    bus = await testBus(nats);
    bucket = await openBucket(bus, PRESENTATIONS_BUCKET);
  });
  afterEach(async () => {
    await bus.close();
    await nats.remove();
  });

  test('reaches the catalogs of the cluster, and so does each change', async () => {
    const catalog = new Catalog();
    const watch = await watchBucket(bucket, (key, value) => catalog.update(key, value));
    const describer = new Describer(first, { bucket, described: new Catalog(), log: quiet });
    await describer.settled();
    describer.update({ poster: true });
    await describer.settled();
    const late = new Catalog();
    const lateWatch = await watchBucket(bucket, (key, value) => late.update(key, value));
    await lateWatch.caughtUp;
    expect(late.get(id)).toEqual({ ...first, poster: true });
    expect(describer.presentation).toEqual({ ...first, poster: true });
    await Promise.all([watch.close(), lateWatch.close()]);
  });

  test('that changes faster than NATS takes it ends as it was last', async () => {
    const told = new Told<Uint8Array | null>();
    const watch = await watchBucket(bucket, (_, value) => told.add(value));
    const describer = new Describer(first, { bucket, described: new Catalog(), log: quiet });
    for (let step = 1; step <= 100; step++) describer.update(packaging(step / 100));
    await describer.settled();
    const entry = await bucket.get(id);
    expect(entry?.json<Presentation>().state).toEqual(packaging(1).state);
    expect(told.all.length).toBeLessThan(100);
    await watch.close();
  });
});

test('what NATS did not take is told again, as it is then', async () => {
  const told: string[] = [];
  const put = async (_: string, text: string) => {
    told.push(JSON.parse(text).title);
    if (told.length === 1) throw new Error('no answer');
  };
  const describer = new Describer(first, {
    bucket: { put } as unknown as KV,
    described: new Catalog(),
    log: quiet,
  });
  describer.update({ title: 'Another' });
  await describer.settled();
  expect(told).toEqual(['Film', 'Another']);
});

test.each([0, 1, 2, 3, 4, 5, 6])('a change %d turns after the last was told is told too', async (turns) => {
  const told: string[] = [];
  const acks: (() => void)[] = [];
  const put = (_: string, text: string) => {
    told.push(JSON.parse(text).title);
    const { promise, resolve } = Promise.withResolvers<void>();
    acks.push(resolve);
    return promise;
  };
  const describer = new Describer(first, {
    bucket: { put } as unknown as KV,
    described: new Catalog(),
    log: quiet,
  });
  acks.shift()?.();
  for (let turn = 0; turn < turns; turn++) await null;
  describer.update({ title: 'Another' });
  for (let turn = 0; turn < 20; turn++) await null;
  expect(told).toEqual(['Film', 'Another']);
});
