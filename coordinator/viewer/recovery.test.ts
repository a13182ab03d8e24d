import { expect, test } from 'bun:test';
import { explain, nextStep, type Trouble } from './recovery.ts';

const lost: Trouble = { kind: 'network', status: null };
const broken: Trouble = { kind: 'media' };

test.each([
  [lost, 0, true, { kind: 'resume', afterMs: 500 }],
  [lost, 0, false, { kind: 'reload', afterMs: 500 }],
  [lost, 1, true, { kind: 'reload', afterMs: 1_000 }],
  [lost, 4, true, { kind: 'reload', afterMs: 8_000 }],
  [lost, 99, true, { kind: 'reload', afterMs: 15_000 }],
  [broken, 0, true, { kind: 'mend' }],
  [broken, 1, true, { kind: 'reload', afterMs: 1_000 }],
  [broken, 3, true, { kind: 'stop' }],
  [{ kind: 'other' }, 0, true, { kind: 'reload', afterMs: 500 }],
  [{ kind: 'other' }, 3, true, { kind: 'stop' }],
] as const)('%j after %p failures, loaded %p: %j', (trouble, failures, loaded, step) => {
  expect(nextStep(trouble, failures, loaded, 0.5)).toEqual(step);
});

test('pauses spread by a half around their middle', () => {
  expect(nextStep(lost, 0, true, 0)).toEqual({ kind: 'resume', afterMs: 375 });
  expect(nextStep(lost, 0, true, 1)).toEqual({ kind: 'resume', afterMs: 625 });
});

test('a full fleet is not called a lost connection', () => {
  const full: Trouble = { kind: 'network', status: 503 };
  expect(explain(full, nextStep(full, 0, false, 0))).toBe('All servers are busy. Trying again…');
});
