import { expect, test } from 'bun:test';
import { isShown, parse } from './logline.ts';

test.each([
  [
    '{"level":40,"time":"2026-01-31T12:00:00.000Z","node":"edge-1","track":"v720","misses":3,"msg":"slow origin"}',
    { level: 'warn', message: 'slow origin', facts: ['track=v720', 'misses=3'] },
  ],
  [
    '{"level":50,"node":"origin","err":{"type":"Error","message":"broken pipe","stack":"…"},"msg":"closing http failed"}',
    { level: 'error', message: 'closing http failed', facts: ['err=broken pipe'] },
  ],
  ['{"level":35,"node":"origin"}', { level: 'info', message: '', facts: [] }],
  [
    '[123] 2026/01/31 12:00:00.000000 [WRN] JetStream is nearly full',
    { level: 'warn', message: 'JetStream is nearly full', facts: [] },
  ],
  [
    '[123] 2026/01/31 12:00:00.000000 [INF] Server is ready',
    { level: 'info', message: 'Server is ready', facts: [] },
  ],
  ['{"level":"loud"}', { level: 'warn', message: '{"level":"loud"}', facts: [] }],
  ['{"level":30,', { level: 'warn', message: '{"level":30,', facts: [] }],
  [
    'TypeError: undefined is not a function',
    { level: 'warn', message: 'TypeError: undefined is not a function', facts: [] },
  ],
] as const)('reads %s', (line, expected) => {
  expect(parse(line)).toEqual(expected);
});

test('facts are cut', () => {
  const [fact] = parse(JSON.stringify({ level: 30, msg: 'x', body: 'a'.repeat(1_000) })).facts;
  expect(fact).toHaveLength('body='.length + 200);
});

test('what is worse is shown too', () => {
  expect(isShown('error', 'warn')).toBe(true);
  expect(isShown('warn', 'warn')).toBe(true);
  expect(isShown('info', 'warn')).toBe(false);
});
