import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { type Nats, restart, startNats, testBus } from '../tests/nats.ts';
import { quiet } from '../tests/quiet.ts';
import { Told } from '../tests/told.ts';
import { type Bus, ensureStream, follow, openBucket, openBus, replay, watchBucket } from './bus.ts';
import { Failure } from './failure.ts';

const STREAM = 'TEST';
const decode = (data: Uint8Array) => new TextDecoder().decode(data);

describe('a stream', () => {
  let nats: Nats;
  let bus: Bus;
  const publish = (subject: string, text: string) => bus.jetstream.publish(subject, text);
  beforeEach(async () => {
    nats = await startNats();
    bus = await testBus(nats);
    await ensureStream(bus, STREAM, ['test.*'], 1_000);
  });
  afterEach(async () => {
    await bus.close();
    await nats.remove();
  });

  test('may be made again by the next node', async () => {
    await ensureStream(bus, STREAM, ['test.*'], 1_000);
  });

  test('is told from its start, then as it grows', async () => {
    await publish('test.a', '1');
    await publish('test.b', 'not asked for');
    await publish('test.a', '2');
    const told = new Told<string>();
    const following = await follow(bus, STREAM, 'test.a', (subject, data) =>
      told.add(`${subject} ${decode(data)}`),
    );
    await following.caughtUp;
    expect(told.all).toEqual(['test.a 1', 'test.a 2']);
    await publish('test.a', '3');
    await told.reaches(3);
    expect(told.all.at(-1)).toBe('test.a 3');
    await following.close();
  });

  test('that is empty is caught up with at once', async () => {
    const following = await follow(bus, STREAM, 'test.a', () => {});
    await following.caughtUp;
    await following.close();
  });

  test('is caught up with however much is removed and added meanwhile', async () => {
    const [few, subjects] = [20, ['test.a', 'test.b']];
    await ensureStream(bus, STREAM, ['test.*'], few);
    const writer = await testBus(nats);
    let isOpen = true;
    const writing = (async () => {
      for (let text = 0; isOpen; text++) {
        for (const subject of subjects) await writer.jetstream.publish(subject, String(text));
      }
    })();
    for (let opened = 0; opened < 100; opened++) await replay(bus, STREAM, 'test.*', () => {});
    isOpen = false;
    await writing;
    await writer.close();
  });

  test('is replayed and left alone', async () => {
    for (const text of ['1', '2', '3']) await publish('test.a', text);
    const told = new Told<string>();
    await replay(bus, STREAM, 'test.a', (_, data) => told.add(decode(data)));
    expect(told.all).toEqual(['1', '2', '3']);
    await publish('test.a', '4');
    await bus.connection.flush();
    expect(told.all).toEqual(['1', '2', '3']);
  });

  test('is told without gap or repetition across a restart of the server', async () => {
    await publish('test.a', '1');
    const told = new Told<string>();
    const following = await follow(bus, STREAM, 'test.a', (_, data) => told.add(decode(data)));
    await following.caughtUp;
    await restart(nats, bus);
    await publish('test.a', '2');
    await publish('test.a', '3');
    await told.reaches(3);
    expect(told.all).toEqual(['1', '2', '3']);
    await following.close();
  });

  test('says whether it is connected', async () => {
    expect(bus.isConnected()).toBe(true);
    const status = bus.connection.status();
    await nats.stop();
    for await (const { type } of status) if (type === 'disconnect') break;
    expect(bus.isConnected()).toBe(false);
    await nats.start();
    for await (const { type } of bus.connection.status()) if (type === 'reconnect') break;
    expect(bus.isConnected()).toBe(true);
    await bus.close();
    expect(bus.isConnected()).toBe(false);
  });
});

describe('a bucket', () => {
  let nats: Nats;
  let bus: Bus;
  beforeEach(async () => {
    nats = await startNats();
    bus = await testBus(nats);
  });
  afterEach(async () => {
    await bus.close();
    await nats.remove();
  });

  async function watched() {
    const bucket = await openBucket(bus, 'test');
    const told = new Told<string>();
    const start = () =>
      watchBucket(bucket, (key, value) =>
        told.add(value === null ? `${key} gone` : `${key} ${decode(value)}`),
      );
    return { bucket, told, start };
  }

  test('that is empty is known at once, and its first key when it comes', async () => {
    const { bucket, told, start } = await watched();
    const watch = await start();
    await watch.caughtUp;
    expect(told.all).toEqual([]);
    await bucket.put('a', '1');
    await told.reaches(1);
    expect(told.all).toEqual(['a 1']);
    await watch.close();
  });

  test('tells the latest of each key, then each change and removal', async () => {
    const { bucket, told, start } = await watched();
    await bucket.put('a', '1');
    await bucket.put('a', '2');
    await bucket.put('b', '1');
    const watch = await start();
    await watch.caughtUp;
    expect(told.all).toEqual(['a 2', 'b 1']);
    await bucket.delete('a');
    await bucket.put('b', '2');
    await told.reaches(4);
    expect(told.all.slice(2)).toEqual(['a gone', 'b 2']);
    await watch.close();
  });

  test('whose keys were all removed is caught up with too', async () => {
    const { bucket, told, start } = await watched();
    await bucket.put('a', '1');
    await bucket.delete('a');
    const watch = await start();
    await watch.caughtUp;
    expect(told.all).toEqual(['a gone']);
    await watch.close();
  });

  test('goes on telling after a restart of the server', async () => {
    const { bucket, told, start } = await watched();
    await bucket.put('a', '1');
    const watch = await start();
    await watch.caughtUp;
    await restart(nats, bus);
    await bucket.put('a', '2');
    await told.reaches(2);
    expect(told.all).toEqual(['a 1', 'a 2']);
    await watch.close();
  });
});

describe('a server', () => {
  let nats: Nats;
  beforeAll(async () => {
    nats = await startNats([]);
  });
  afterAll(() => nats.remove());

  const failureOf = (natsUrl: string) =>
    openBus({ natsUrl, natsReplicas: 1, name: 'test', log: quiet }).then(
      () => null,
      (error) => error,
    );

  test('without JetStream is refused, and the remedy named', async () => {
    const failure = await failureOf(nats.url);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'nats-refused', remedy: expect.stringContaining('-js') });
  });
});
