import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { type Segment, Timeline } from '../media/timeline.ts';
import { type Bus, ensureStream } from '../runtime/bus.ts';
import { type Nats, restart, startNats, testBus } from '../tests/nats.ts';
import { Told } from '../tests/told.ts';
import { Epoch, PresentationId, TrackId } from '../wire/ids.ts';
import { ALL_TIMELINES, TIMELINE_MESSAGES, TIMELINE_STREAM, timelineSubject } from '../wire/subjects.ts';
import { type SegmentAnnounced, snapshotOf } from '../wire/timeline.ts';
import { Replica } from './replica.ts';

const TIMESCALE = 48_000;
const VIDEO = TrackId.parse('v720');
const AUDIO = TrackId.parse('a128');
const epoch = Epoch.parse('e0');

const segment = (number: number): Segment & { epoch: Epoch } => ({
  ...{ epoch, discontinuity: 0, number, size: 1_000, independent: true },
  time: number * 2 * TIMESCALE,
  duration: 2 * TIMESCALE,
  wallClockMs: 1_700_000_000_000 + number * 2_000,
});

const announced = (number: number): SegmentAnnounced => ({
  ...{ type: 'segment', timescale: TIMESCALE, windowMs: 0 },
  ...segment(number),
});

function snapshot(count: number, ended: boolean) {
  const timeline = new Timeline(TIMESCALE, 0);
  for (let number = 0; number < count; number++) timeline.append(segment(number));
  if (ended) timeline.end();
  return snapshotOf(timeline);
}

let nats: Nats;
let bus: Bus;
let presentations = 0;
const opened: Replica[] = [];

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
  await Promise.all(opened.splice(0).map((replica) => replica.close()));
});

/** A presentation of its own for a test. */
function presentation() {
  presentations += 1;
  const id = PresentationId.parse(`p${presentations}`);
  const say = (track: TrackId, message: unknown) =>
    bus.jetstream.publish(
      timelineSubject(id, track),
      typeof message === 'string' ? message : JSON.stringify(message),
    );
  const told = new Told<string>();
  const open = async () => {
    const replica = await Replica.open(bus, id, 0, (_, track, { last }) =>
      told.add(`${track} ${last?.number}`),
    );
    opened.push(replica);
    return replica;
  };
  return { say, told, open };
}

const numbers = (replica: Replica, track: TrackId) =>
  replica.timelines.get(track)?.segments.map(({ number }) => number);

describe('a replica', () => {
  test('knows all tracks as the stream does once it is open, and nobody is told of the past', async () => {
    const { say, told, open } = presentation();
    await say(VIDEO, snapshot(2, false));
    await say(VIDEO, announced(2));
    await say(AUDIO, announced(0));
    const replica = await open();
    expect(numbers(replica, VIDEO)).toEqual([0, 1, 2]);
    expect(numbers(replica, AUDIO)).toEqual([0]);
    expect(told.all).toEqual([]);
  });

  test('of a presentation without a message is open and empty', async () => {
    const replica = await presentation().open();
    expect(replica.timelines.size).toBe(0);
    expect(replica.isComplete).toBe(false);
  });

  test('tells what is announced from then on', async () => {
    const { say, told, open } = presentation();
    await say(VIDEO, announced(0));
    const replica = await open();
    await say(VIDEO, announced(1));
    await say(AUDIO, announced(0));
    await told.reaches(2);
    expect(told.all).toEqual(['v720 1', 'a128 0']);
    expect(numbers(replica, VIDEO)).toEqual([0, 1]);
  });

  test('hears nothing of other presentations', async () => {
    const [one, other] = [presentation(), presentation()];
    const replica = await one.open();
    await other.say(VIDEO, announced(0));
    await one.say(VIDEO, announced(7));
    await one.told.reaches(1);
    expect(numbers(replica, VIDEO)).toEqual([7]);
  });

  test('passes over what it can not read', async () => {
    const { say, told, open } = presentation();
    await say(VIDEO, announced(0));
    const replica = await open();
    await say(VIDEO, '{"type":"segment"');
    await say(VIDEO, { ...announced(1), duration: 0 });
    await say(VIDEO, announced(2));
    await told.reaches(1);
    expect(numbers(replica, VIDEO)).toEqual([0, 2]);
  });

  test('is complete when all of its tracks have ended', async () => {
    const { say, open } = presentation();
    await say(VIDEO, snapshot(2, true));
    await say(AUDIO, snapshot(2, false));
    expect((await open()).isComplete).toBe(false);
    await say(AUDIO, snapshot(2, true));
    expect((await open()).isComplete).toBe(true);
  });

  test('goes on after a restart of the server', async () => {
    const { say, told, open } = presentation();
    await say(VIDEO, announced(0));
    const replica = await open();
    await restart(nats, bus);
    await say(VIDEO, announced(1));
    await told.reaches(1);
    expect(numbers(replica, VIDEO)).toEqual([0, 1]);
  });
});
