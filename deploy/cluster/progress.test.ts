import { expect, test } from 'bun:test';
import { bar, ending } from './progress.ts';

test.each([
  [0, 30, 'film ░░░░░░░░░░░░░░░░░░ 0 %'],
  [0.5, 30, 'film █████████░░░░░░░░░ 50 %'],
  [0.999, 30, 'film ██████████████████ 99 %'],
  [1, 30, 'film ██████████████████ 100 %'],
  [0.5, 5, 'film  50 %'],
])('%d in %d columns', (done, columns, expected) => {
  expect(bar('film', done, columns)).toBe(expected);
});

test('a failure gives its reason, and what goes on has no ending', () => {
  expect(ending({ id: 'bbb', state: 'failed', reason: 'the film is corrupt' })).toEqual({
    level: 'error',
    message: 'failed: the film is corrupt',
    facts: [],
  });
  expect(ending({ id: 'bbb', state: 'ready' })?.level).toBe('info');
  expect(ending({ id: 'bbb', state: 'packaging', progress: 0.3 })).toBeNull();
  expect(ending({ id: 'bbb', state: 'offline', reason: 'no input' })).toBeNull();
});
