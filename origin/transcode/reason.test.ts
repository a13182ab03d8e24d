import { expect, test } from 'bun:test';
import { reasonFrom } from './reason.ts';

test.each([
  [['first', 'last'], 'last'],
  [['last', '', '  '], 'last'],
  [['[mov,mp4 @ 0x55d0] moov atom not found', 'x.mp4: Invalid data found'], 'moov atom not found'],
  [['[one @ 0x1] first', '[other @ 0x2] last', 'Error'], 'last'],
  [['x.mp4: Invalid data found when processing input'], 'x.mp4: Invalid data found when processing input'],
  [[], 'otherwise'],
  [['', ' '], 'otherwise'],
  [['[only @ 0x1] '], 'otherwise'],
])('of %p the reason is %p', (errors, reason) => {
  expect(reasonFrom(errors, 'otherwise')).toBe(reason);
});
