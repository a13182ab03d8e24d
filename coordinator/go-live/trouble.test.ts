import { expect, test } from 'bun:test';
import { captureTrouble, refusal, Trouble } from './trouble.ts';

test.each<[number, string, RegExp, boolean]>([
  [401, 'send the key', /key was not accepted/, false],
  [403, 'this is not the key', /key was not accepted/, false],
  [404, 'no channel', /no such channel/, false],
  [409, "somebody publishes to 'studio' already\nmore", /somebody publishes to 'studio' already\.$/, true],
  [400, 'the offer has no video codec', /status 400: the offer has no video codec\.$/, false],
  [503, 'full', /status 503/, true],
])('status %d is said in a sentence', (status, words, sentence, isPassing) => {
  const trouble = refusal(status, words);
  expect(trouble.message).toMatch(sentence);
  expect(trouble.isPassing).toBe(isPassing);
});

test.each([
  ['NotAllowedError', /not allowed/],
  ['NotFoundError', /no such camera/],
  ['NotReadableError', /another program/],
  ['OverconstrainedError', /too much/],
])('%s is said in a sentence', (name, sentence) => {
  const error = Object.assign(new Error('too much'), { name });
  expect(captureTrouble(error).message).toMatch(sentence);
});

test('what is known already is said as it is', () => {
  const trouble = new Trouble('So.', true);
  expect(captureTrouble(trouble)).toBe(trouble);
});
