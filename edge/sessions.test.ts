import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Bus } from '../runtime/bus.ts';
import { type Nats, startNats, testBus } from '../tests/nats.ts';
import { claims } from '../tests/tokens.ts';
import { read } from '../wire/message.ts';
import { SESSIONS_TOLD_MAX, SessionsSeen } from '../wire/sessions.ts';
import { ROLL_CALL, SESSIONS_SUBJECT } from '../wire/subjects.ts';
import { TokenId } from '../wire/token.ts';
import { Sessions } from './sessions.ts';

let nats: Nats;
let bus: Bus;

beforeAll(async () => {
  nats = await startNats();
  bus = await testBus(nats);
});
afterAll(async () => {
  await bus.close();
  await nats.remove();
});

const NOW = 1_795_000_000_000;
const counted = (name: string) => claims(NOW, { sessionsMax: 2, session: TokenId.parse(`session-${name}`) });

test('sessions are told of when they begin, for as long as they play, and when a coordinator asks', async () => {
  let tick = () => {};
  const every = (_: number, work: () => void) => {
    tick = work;
    return () => {};
  };
  const told: string[][] = [];
  const coordinator = bus.connection.subscribe(SESSIONS_SUBJECT, {
    callback: (_, { data }) => {
      told.push(read(SessionsSeen, data)?.sessions.map(({ session }) => session) ?? ['unreadable']);
    },
  });
  const sessions = new Sessions(bus, { now: () => NOW, every });
  const heard = async () => {
    await bus.connection.flush();
    return told.splice(0);
  };

  sessions.touch(claims(NOW));
  sessions.touch(counted('a'));
  sessions.touch(counted('a'));
  sessions.touch(counted('b'));
  expect(await heard()).toEqual([['session-a'], ['session-b']]);
  tick();
  expect(await heard()).toEqual([['session-a', 'session-b']]);
  sessions.touch(counted('a'));
  bus.connection.publish(ROLL_CALL);
  await bus.connection.flush();
  expect((await heard()).flat()).toContain('session-b');
  tick();
  tick();
  expect(await heard()).toEqual([['session-a']]);
  for (let index = 0; index <= SESSIONS_TOLD_MAX; index++) sessions.touch(counted(`${index}-many`));
  await heard();
  tick();
  expect((await heard()).map(({ length }) => length)).toEqual([SESSIONS_TOLD_MAX, 1]);
  sessions.close();
  coordinator.unsubscribe();
});
