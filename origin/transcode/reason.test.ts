import { expect, test } from 'bun:test';
import { reasonFrom } from './reason.ts';

test.each([
  [['first', 'last'], 'last'],
  [['last', '', '  '], 'last'],
  [['[mov,mp4 @ 0x55d0] moov atom not found', 'x.mp4: Invalid data found'], 'moov atom not found'],
  [['[one @ 0x1] first', '[other @ 0x2] last', 'Error'], 'last'],
  [['x.mp4: Invalid data found when processing input'], 'x.mp4: Invalid data found when processing input'],
  [
    ['rtsp://root:geheim@cam/1?key=k: Server returned 401'],
    'rtsp://root:***@cam/1?key=*** Server returned 401',
  ],
  [[], 'otherwise'],
  [['', ' '], 'otherwise'],
  [['[only @ 0x1] '], 'otherwise'],
])('of %p the reason is %p', (errors, reason) => {
  expect(reasonFrom(errors, 'otherwise')).toBe(reason);
});
