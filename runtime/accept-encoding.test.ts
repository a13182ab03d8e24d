import { expect, test } from 'bun:test';
import { readWeights } from './accept-encoding.ts';

test.each<[header: string, coding: string, weight: number | null]>([
  ['gzip', 'gzip', 1],
  ['gzip', 'br', null],
  ['', 'gzip', null],
  ['deflate, GZIP;Q=0.5', 'gzip', 0.5],
  ['br;q=0.9 , gzip ; q=0.8', 'gzip', 0.8],
  ['gzip;q=0', 'gzip', 0],
  ['gzip;q=banana', 'gzip', 0],
  ['*', 'gzip', 1],
  ['*;q=0.1, gzip;q=0', 'gzip', 0],
  ['identity;q=0, *', 'identity', 0],
  [';;,,q=1', 'gzip', null],
])('%p wants %s by %p', (header, coding, weight) => {
  expect(readWeights(header)(coding)).toBe(weight);
});
