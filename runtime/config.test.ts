import { describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { commonSettings, type Environment, Level, OptionalUrl, Port, read, Text } from './config.ts';
import { Failure } from './failure.ts';

const settings = {
  port: { env: 'T_PORT', schema: Port, fallback: '8081', help: 'TCP port' },
  cacheMaxBytes: {
    env: 'T_CACHE',
    schema: z.coerce.number().int().min(10),
    fallback: '100',
    help: 'bytes kept',
  },
  publicUrl: { env: 'T_URL', schema: OptionalUrl, fallback: null, help: 'where it is reached' },
  name: { env: 'T_NAME', schema: Text, fallback: null, help: 'what it is called' },
} as const;

const named = { T_NAME: 'x' };
const usual = { port: 8081, cacheMaxBytes: 100, publicUrl: null, name: 'x' };

const valuesOf = (args: readonly string[], env: Environment) => {
  const result = read('test', settings, args, env);
  return result.kind === 'values' ? result.values : null;
};

function failureOf(args: readonly string[], env: Environment = named): Failure {
  try {
    read('test', settings, args, env);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('settings', () => {
  test.each<[string, readonly string[], Environment, object]>([
    ['take what is usual when nothing is said', [], named, usual],
    ['take a variable', [], { ...named, T_PORT: '9000' }, { ...usual, port: 9000 }],
    ['take a flag', ['--port', '9001'], named, { ...usual, port: 9001 }],
    [
      'take a flag over its variable',
      ['--port=9001'],
      { ...named, T_PORT: '9000' },
      { ...usual, port: 9001 },
    ],
    ['take the last of two flags', ['--port', '1', '--port', '2'], named, { ...usual, port: 2 }],
    ['write long names with dashes', ['--cache-max-bytes', '11'], named, { ...usual, cacheMaxBytes: 11 }],
    ['take an empty variable for none', [], { ...named, T_PORT: '' }, usual],
    ['may leave a port to the system', ['--port', '0'], named, { ...usual, port: 0 }],
    [
      'may be absent where they may',
      ['--public-url', 'https://e.example'],
      named,
      { ...usual, publicUrl: 'https://e.example' },
    ],
  ])('%s', (_, args, env, expected) => {
    expect<object | null>(valuesOf(args, env)).toEqual(expected);
  });

  test.each<[readonly string[], Environment, string]>([
    [['--port', 'http'], named, "--port is 'http'"],
    [['--port', '65536'], named, "--port is '65536'"],
    [['--port', '-1'], named, '--port'],
    [['--port', '80.5'], named, "--port is '80.5'"],
    [['--port', '0x50'], named, "--port is '0x50'"],
    [['--port='], named, "--port is ''"],
    [['--port', ' '], named, "--port is ' '"],
    [[], { ...named, T_PORT: 'x' }, "--port is 'x'"],
    [['--cache-max-bytes', '9'], named, "--cache-max-bytes is '9'"],
    [['--public-url', 'nowhere'], named, "--public-url is 'nowhere'"],
    [['--name='], {}, "--name is ''"],
    [[], {}, '--name is not set'],
    [['--colour', 'red'], named, '--colour'],
    [['stray'], named, 'stray'],
    [['--port'], named, '--port'],
  ])('%p with %p are refused, the flag named', (args, env, said) => {
    const failure = failureOf(args, env);
    expect(failure.code).toBe('bad-setting');
    expect(failure.message).toContain(said);
    expect(failure.message).not.toContain('\n');
  });

  test('that are refused say how to set them', () => {
    expect(failureOf(['--port', 'x']).remedy).toBe('Set it with --port or T_PORT: TCP port');
    expect(failureOf(['--colour', 'red']).remedy).toContain('npm run test -- --help');
  });

  test.each(['--help', '-h'])(
    'are listed by %s, with defaults and variables, whatever else is wrong',
    (flag) => {
      const result = read('test', settings, [flag], {});
      if (result.kind !== 'help') throw new Error('no help');
      for (const text of [
        'npm run test --',
        '--cache-max-bytes',
        'bytes kept (default 100)',
        'T_CACHE',
        'T_URL',
      ]) {
        expect(result.text).toContain(text);
      }
    },
  );

  test('of every node are well formed: their own defaults are accepted', () => {
    const result = read('test', commonSettings, [], {});
    expect(result).toMatchObject({ kind: 'values', values: { natsReplicas: 1, logLevel: 'info' } });
    expect(Level.safeParse('loud').success).toBe(false);
  });
});
