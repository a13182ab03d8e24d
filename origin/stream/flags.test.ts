import { expect, test } from 'bun:test';
import { flagsOf } from './flags.ts';

test.each([
  ['film.mp4', '--film film.mp4'],
  ['film.mp4 --protocol hls', '--film film.mp4 --protocol hls'],
  ['--to 127.0.0.1:5004 film.mp4', '--to 127.0.0.1:5004 --film film.mp4'],
  ['--film film.mp4 --loop', '--film film.mp4 --loop yes'],
  ['film.mp4 --loop --to 8070', '--film film.mp4 --loop yes --to 8070'],
  ['film.mp4 --loop no', '--film film.mp4 --loop no'],
  ['--loop film.mp4', '--loop yes --film film.mp4'],
  ['--container=ts film.mp4', '--container=ts --film film.mp4'],
  ['--help', '--help'],
  ['-h film.mp4', '-h --film film.mp4'],
  ['', ''],
])('%s is read as %s', (typed, flags) => {
  const args = typed.split(' ').filter((part) => part !== '');
  expect(flagsOf(args).join(' ')).toBe(flags);
});
