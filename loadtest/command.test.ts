import { expect, test } from 'bun:test';
import { baseOf, needLoopback, readCommand } from './command.ts';

test.each([
  { args: [], scenario: 'smoke', flags: [] },
  { args: ['smoke'], scenario: 'smoke', flags: [] },
  { args: ['smoke', '--quiet'], scenario: 'smoke', flags: ['--quiet'] },
  { args: ['-e', 'VIEWERS=3'], scenario: 'smoke', flags: ['-e', 'VIEWERS=3'] },
] as const)('$args', ({ args, ...command }) => {
  expect(readCommand(args)).toEqual({ scenario: command.scenario, flags: [...command.flags] });
});

test('a scenario that there is not is named', () => {
  expect(() => readCommand(['smok'])).toThrow("'smok'");
});

test.each([
  { flags: [], env: {}, base: 'http://localhost:8080' },
  { flags: [], env: { BASE: 'http://localhost:1' }, base: 'http://localhost:1' },
  { flags: ['-e', 'BASE=http://a'], env: { BASE: 'http://b' }, base: 'http://a' },
  { flags: ['--env=BASE=http://a', '-eBASE=http://c'], env: {}, base: 'http://c' },
  { flags: ['--env', 'DATABASE=x'], env: {}, base: 'http://localhost:8080' },
])('$flags and $env', ({ flags, env, base }) => expect(baseOf(flags, env)).toBe(base));

test.each(['http://localhost:8080', 'http://127.0.0.9', 'http://[::1]:1/', 'https://a.localhost'])(
  '%s is here',
  (url) => expect(() => needLoopback(url)).not.toThrow(),
);

test.each([
  'http://example.com',
  'http://10.0.0.1',
  'http://127.evil.example',
  'localhost:8080',
  '',
  'http://[::2]',
])('%p is elsewhere', (url) => expect(() => needLoopback(url)).toThrow('not this machine'));
