import { expect, test } from 'bun:test';
import { cpuSeconds, parseStat } from './cpu.ts';

test.each([
  ['4242 (nginx) S 1 1 1 0 -1 4194560 10 0 0 0 150 250 0 0 20 0 1 0 100 1000 10', 4],
  ['4242 (a (b) c) R 1 1 1 0 -1 4194560 10 0 0 0 1 0 7 7 20 0 1 0 100 1000 10', 0.01],
])('%s', (stat, seconds) => expect(parseStat(stat)).toBe(seconds));

test.if(process.platform === 'linux')('the time of a running process can be read', async () => {
  expect(await cpuSeconds(process.pid)).toBeGreaterThanOrEqual(0);
});

test('a process that is not there is named', () => {
  expect(cpuSeconds(2 ** 30)).rejects.toThrow('process 1073741824');
});
