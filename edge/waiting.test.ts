import { expect, test } from 'bun:test';
import { type Look, Waiting } from './waiting.ts';

const LONG_MS = 60_000;

const held = (key: string, what: string, look: Look<string>, timeoutMs = LONG_MS, batch = 500) => ({
  ...{ key, what, timeoutMs, batch, look },
});

/** Something that is not there until it is put, and how often it was looked for. */
function thing() {
  const state: { value: string | null; looks: number } = { value: null, looks: 0 };
  const look = () => {
    state.looks += 1;
    return state.value;
  };
  return { state, look };
}

test('what is there is given at once', () => {
  const waiting = new Waiting<string>();
  expect(waiting.wait(held('t', 'a', () => 'here'))).toBe('here');
  expect(waiting.size).toBe(0);
});

test('all who wait for the same get one answer, looked for once', async () => {
  const waiting = new Waiting<string>();
  const { state, look } = thing();
  const found = Array.from({ length: 500 }, () => waiting.wait(held('t', 'a', look)));
  expect(waiting.size).toBe(500);
  waiting.release('t');
  expect(state.looks).toBe(2);
  state.value = 'here';
  waiting.release('t');
  expect(await Promise.all(found)).toEqual(Array(500).fill('here'));
  expect(state.looks).toBe(3);
  expect(waiting.size).toBe(0);
});

test('another track, and another thing of the same track, wait on', async () => {
  const waiting = new Waiting<string>();
  const [one, other] = [thing(), thing()];
  const first = waiting.wait(held('t', 'a', one.look));
  waiting.wait(held('t', 'b', other.look));
  waiting.wait(held('u', 'a', other.look));
  one.state.value = 'here';
  waiting.release('u');
  expect(waiting.size).toBe(3);
  waiting.release('t');
  expect(await first).toBe('here');
  expect(waiting.size).toBe(2);
});

test('what never comes is null in the end, for who came later too', async () => {
  const waiting = new Waiting<string>();
  const { look } = thing();
  const both = [waiting.wait(held('t', 'a', look, 1)), waiting.wait(held('t', 'a', look))];
  expect(await Promise.all(both)).toEqual([null, null]);
  expect(waiting.size).toBe(0);
});

test('a failure to take what is there is told to all', async () => {
  const waiting = new Waiting<string>();
  const late = Promise.withResolvers<string>();
  let isHere = false;
  const look = () => (isHere ? late.promise : null);
  const found = [waiting.wait(held('t', 'a', look)), waiting.wait(held('t', 'a', look))];
  isHere = true;
  waiting.release('t');
  late.reject(new Error('no origin'));
  const settled = await Promise.allSettled(found);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('one who waits anew while others are let go is not lost', async () => {
  const waiting = new Waiting<string>();
  const { state, look } = thing();
  const again = Promise.resolve(waiting.wait(held('t', 'a', look))).then(() => {
    state.value = null;
    return waiting.wait(held('t', 'a', look));
  });
  state.value = 'first';
  waiting.release('t');
  const second = Promise.withResolvers<void>();
  setImmediate(second.resolve);
  await second.promise;
  state.value = 'second';
  waiting.release('t');
  expect(await again).toBe('second');
});

test('so many wait and no more', () => {
  const waiting = new Waiting<string>();
  const { look } = thing();
  for (let count = 0; count < 50_000; count++) waiting.wait(held('t', 'a', look));
  expect(waiting.wait(held('t', 'a', look))).toBeNull();
  expect(waiting.wait(held('u', 'b', look))).toBeNull();
  expect(waiting.size).toBe(50_000);
});

test('many are let go batch by batch, and others have their turn between', async () => {
  const waiting = new Waiting<string>();
  const [chunk, playlist] = [thing(), thing()];
  const order: string[] = [];
  const ask = (what: string, { look }: ReturnType<typeof thing>, batch: number) =>
    Promise.resolve(waiting.wait(held('t', what, look, LONG_MS, batch))).then(() => void order.push(what));
  const chunks = Array.from({ length: 5 }, () => ask('c', chunk, 2));
  const playlists = Array.from({ length: 3 }, () => ask('p', playlist, 3));
  chunk.state.value = 'here';
  waiting.release('t');
  expect(waiting.size).toBe(6);
  setImmediate(() => {
    playlist.state.value = 'here';
    waiting.release('t');
  });
  await Promise.all([...chunks, ...playlists]);
  expect(order.join('')).toBe('ccccpppc');
  expect(waiting.size).toBe(0);
});
