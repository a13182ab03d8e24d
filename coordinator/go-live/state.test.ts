import { expect, test } from 'bun:test';
import { complaintOf, isOn, lineOf, type State } from './state.ts';

test.each<[State, string, boolean, string | null]>([
  [{ kind: 'idle' }, 'Not on the air', false, null],
  [{ kind: 'connecting' }, 'Connecting…', true, null],
  [{ kind: 'live', sinceMs: 1_000 }, 'Live for 0:32', true, null],
  [{ kind: 'live', sinceMs: 99_000 }, 'Live for 0:00', true, null],
  [{ kind: 'lost', reason: 'Gone.' }, 'Connecting again…', true, 'Gone.'],
  [{ kind: 'failed', reason: 'Wrong.' }, 'Not on the air', false, 'Wrong.'],
])('%j reads %p', (state, text, on, complaint) => {
  expect(lineOf(state, 33_000).text).toBe(text);
  expect(isOn(state)).toBe(on);
  expect(complaintOf(state)).toBe(complaint);
});
