import { expect, test } from 'bun:test';
import { leadsAway } from './addresses.ts';

test.each([
  ['127.0.0.1', false],
  ['127.9.9.9', false],
  ['0.0.0.0', false],
  ['169.254.169.254', false],
  ['10.1.2.3', true],
  ['192.168.1.1', true],
  ['8.8.8.8', true],
  ['239.0.0.1', true],
  ['::1', false],
  ['::', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['fe80::1', false],
  ['fd00::1', true],
  ['2606:4700::1', true],
  ['localhost', false],
  ['', false],
])('%s leads away: %p', (address, expected) => {
  expect(leadsAway(address)).toBe(expected);
});
