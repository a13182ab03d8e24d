import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { type Segment, Timeline } from '../../media/timeline.ts';
import { type Bus, ensureStream, type Following, follow, replay } from '../../runtime/bus.ts';
import { type Nats, restart, startNats, testBus } from '../../tests/nats.ts';
import { quiet } from '../../tests/quiet.ts';
import { Told } from '../../tests/told.ts';
import { PresentationId, TrackId } from '../../wire/ids.ts';
import { decode } from '../../wire/parts.ts';
import { ALL_TIMELINES, TIMELINE_MESSAGES, TIMELINE_STREAM, timelineSubject } from '../../wire/subjects.ts';
import { receive, type TimelineMessage } from '../../wire/timeline.ts';
import { Announcer, openAnnouncer } from './announcer.ts';

const TIMESCALE = 48_000;
const track = TrackId.parse('v720');

const segment = (number: number): Segment => ({
  ...{ epoch: 'e0', discontinuity: 0, number, size: 1_000, independent: true },
  time: number * 2 * TIMESCALE,
  duration: 2 * TIMESCALE,
  wallClockMs: 1_700_000_000_000 + number * 2_000,
});

let nats: Nats;
let bus: Bus;
let presentations = 0;
const opened: Following[] = [];

beforeAll(async () => {
  nats = await startNats();
  bus = await testBus(nats);
  await ensureStream(bus, TIMELINE_STREAM, [ALL_TIMELINES], TIMELINE_MESSAGES);
});
afterAll(async () => {
  await bus.close();
  await nats.remove();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ close }) => close()));
});

/** An announcer on a subject of its own, and an edge that hears it. */
async function announcing(windowMs = 0) {
  presentations += 1;
  const presentation = PresentationId.parse(`p${presentations}`);
  const subject = timelineSubject(presentation, track);
  const announcer = new Announcer(bus, subject, new Timeline(TIMESCALE, windowMs), quiet);
  const heard = new Told<TimelineMessage>();
  let replica: Timeline | null = null;
  const following = await follow(bus, TIMELINE_STREAM, subject, (_, data) => {
    const message = decode(data);
    if (message === null) throw new Error('not a message');
    replica = receive(replica, message);
    heard.add(message);
  });
  opened.push(following);
  const reaches = (number: number) => heard.until(() => replica?.last?.number === number);
  return { presentation, subject, announcer, heard, reaches, replica: () => replica };
}

const kinds = (heard: Told<TimelineMessage>) => heard.all.map(({ type }) => type);

async function stored(subject: string): Promise<TimelineMessage[]> {
  const found: TimelineMessage[] = [];
  await replay(bus, TIMELINE_STREAM, subject, (_, data) => found.push(decode(data) as TimelineMessage));
  return found;
}

describe('a segment', () => {
  test('is announced by itself when the stream has all before it', async () => {
    const { announcer, heard, reaches } = await announcing();
    for (const number of [0, 1, 2]) {
      announcer.append(segment(number));
      await reaches(number);
    }
    expect(kinds(heard)).toEqual(['snapshot', 'segment', 'segment']);
    expect(heard.all.at(-1)).toMatchObject(segment(2));
  });

  test('is announced with others that came meanwhile, and none is left out', async () => {
    const { announcer, reaches, replica } = await announcing();
    for (let number = 0; number < 20; number++) announcer.append(segment(number));
    await reaches(19);
    expect(replica()?.segments).toEqual(announcer.timeline.segments);
  });

  test('that left the window is given back, and is known to no edge any more', async () => {
    const { announcer, reaches, replica } = await announcing(4_000);
    const gone: number[] = [];
    for (let number = 0; number < 5; number++) {
      gone.push(...announcer.append(segment(number)).map((one) => one.number));
      await reaches(number);
    }
    expect(gone).toEqual([0, 1, 2]);
    expect(replica()?.segments).toEqual([segment(3), segment(4)]);
  });
});

describe('the stream', () => {
  test('always holds a snapshot: who comes late can start from it', async () => {
    const { announcer, subject, reaches, heard } = await announcing();
    for (let number = 0; number < 300; number++) {
      announcer.append(segment(number));
      await reaches(number);
    }
    expect(kinds(heard).filter((kind) => kind === 'snapshot').length).toBeGreaterThan(1);
    const kept = await stored(subject);
    expect(kept.length).toBeLessThanOrEqual(TIMELINE_MESSAGES);
    const edge = kept
      .slice(kept.findIndex(({ type }) => type === 'snapshot'))
      .reduce<Timeline | null>((timeline, message) => receive(timeline, message), null);
    expect(edge?.segments).toEqual(announcer.timeline.segments);
  });

  test('holds one message when the end was announced', async () => {
    const { announcer, subject } = await announcing();
    for (let number = 0; number < 3; number++) announcer.append(segment(number));
    await announcer.end();
    expect(await stored(subject)).toMatchObject([{ type: 'snapshot', ended: true }]);
  });

  test('is told that an empty timeline has ended', async () => {
    const { announcer, subject } = await announcing();
    await announcer.end();
    expect(await stored(subject)).toMatchObject([{ type: 'snapshot', ended: true, runs: [] }]);
  });

  test('can be given all of it again', async () => {
    const { announcer, subject } = await announcing();
    announcer.append(segment(0));
    await announcer.end();
    await bus.manager.streams.purge(TIMELINE_STREAM, { filter: subject });
    await announcer.republish();
    expect(await stored(subject)).toMatchObject([{ type: 'snapshot', ended: true }]);
  });
});

describe('a day of segments of 1 s', () => {
  const DAY = 86_400;
  const second = (number: number, epoch: string): Segment => ({
    ...{ epoch, discontinuity: 0, number, size: 1_000_000 + number, independent: true },
    time: number * TIMESCALE,
    duration: TIMESCALE,
    keySize: 100_000 + number,
    wallClockMs: 1_700_000_000_000 + number * 1_000,
  });

  test.each<[string, (number: number) => string]>([
    ['of one epoch', () => 'e0'],
    ['of an epoch each', (number) => number.toString(36)],
  ])('%s is known to who comes late, however much was announced since', async (_, epochOf) => {
    presentations += 1;
    const presentation = PresentationId.parse(`p${presentations}`);
    const subject = timelineSubject(presentation, track);
    const timeline = new Timeline(TIMESCALE, DAY * 1_000);
    for (let number = 0; number < DAY; number++) timeline.append(second(number, epochOf(number)));
    const announcer = new Announcer(bus, subject, timeline, quiet);
    for (let number = DAY; number < DAY + 330; number++) {
      announcer.append(second(number, epochOf(number)));
      if (number % 30 === 0) await announcer.close();
    }
    await announcer.close();
    const shape = { timescale: TIMESCALE, windowMs: DAY * 1_000 };
    const opened = await openAnnouncer(bus, { presentation, track }, shape, quiet);
    expect(opened.timeline.segments).toEqual(timeline.segments);
    expect((await stored(subject)).length).toBeLessThanOrEqual(TIMELINE_MESSAGES);
  });
});

describe('an announcer opened anew', () => {
  test('goes on where the last one stopped', async () => {
    const { announcer, presentation, reaches, replica } = await announcing(60_000);
    for (let number = 0; number < 3; number++) announcer.append(segment(number));
    await reaches(2);
    const shape = { timescale: TIMESCALE, windowMs: 60_000 };
    const next = await openAnnouncer(bus, { presentation, track }, shape, quiet);
    expect(next.timeline.segments).toEqual(announcer.timeline.segments);
    next.append(segment(3));
    await reaches(3);
    expect(replica()?.segments).toHaveLength(4);
  });

  test('with a smaller window keeps no more than that', async () => {
    const { announcer, presentation, reaches } = await announcing(60_000);
    for (let number = 0; number < 10; number++) announcer.append(segment(number));
    await reaches(9);
    const shape = { timescale: TIMESCALE, windowMs: 4_000 };
    const next = await openAnnouncer(bus, { presentation, track }, shape, quiet);
    expect(next.timeline.segments.map(({ number }) => number)).toEqual([8, 9]);
  });

  test('with another timescale starts anew', async () => {
    const { announcer, presentation, reaches } = await announcing();
    announcer.append(segment(0));
    await reaches(0);
    const next = await openAnnouncer(bus, { presentation, track }, { timescale: 90_000, windowMs: 0 }, quiet);
    expect(next.timeline.last).toBeNull();
  });
});

test('what was appended while the server was away reaches the edges, none missing', async () => {
  const { announcer, reaches, replica } = await announcing();
  announcer.append(segment(0));
  await reaches(0);
  const status = bus.connection.status();
  await nats.stop();
  for await (const { type } of status) if (type === 'disconnect') break;
  for (const number of [1, 2, 3]) announcer.append(segment(number));
  await nats.start();
  await reaches(3);
  expect(replica()?.segments).toEqual(announcer.timeline.segments);
});

test('a restart between two segments costs none', async () => {
  const { announcer, reaches, replica } = await announcing();
  announcer.append(segment(0));
  await reaches(0);
  await restart(nats, bus);
  announcer.append(segment(1));
  await reaches(1);
  expect(replica()?.segments).toEqual(announcer.timeline.segments);
});

describe('an announcer whose publishing has just ended', () => {
  /** A stream that takes each message when it is let. */
  function heldStream() {
    const published: TimelineMessage[] = [];
    const acks: (() => void)[] = [];
    const publish = (_: string, payload: Uint8Array) => {
      published.push(decode(payload) as TimelineMessage);
      const { promise, resolve } = Promise.withResolvers<void>();
      acks.push(resolve);
      return promise;
    };
    const announcer = new Announcer(
      { jetstream: { publish } } as unknown as Bus,
      'subject',
      new Timeline(TIMESCALE, 0),
      quiet,
    );
    return { announcer, published, ack: () => acks.shift()?.() };
  }

  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await null;
  };

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('announces what is appended %d turns later', async (count) => {
    const { announcer, published, ack } = heldStream();
    announcer.append(segment(0));
    ack();
    await turns(count);
    announcer.append(segment(1));
    await turns(20);
    expect(published).toHaveLength(2);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('announces the end that comes %d turns later', async (count) => {
    const { announcer, published, ack } = heldStream();
    announcer.append(segment(0));
    ack();
    await turns(count);
    const ended = announcer.end();
    await turns(20);
    expect(published.at(-1)).toMatchObject({ ended: true });
    ack();
    await ended;
  });
});
