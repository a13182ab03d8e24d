import { describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { Failure } from './failure.ts';
import { find, readLines, run, start } from './process.ts';

const sh = (script: string, onErrorLine?: (line: string) => void) =>
  start({ command: '/bin/sh', args: ['-c', script], ...(onErrorLine && { onErrorLine }) });

async function textOf(output: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of output) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('a child', () => {
  test('is heard on both of its outputs', async () => {
    const lines: string[] = [];
    const child = await sh('echo out; echo one >&2; printf two >&2; exit 3', (line) => lines.push(line));
    expect(await textOf(child.output)).toBe('out\n');
    expect(await child.exited).toEqual({ kind: 'status', status: 3 });
    expect(lines).toEqual(['one', 'two']);
  });

  test('that is not installed is a Failure that says so', async () => {
    const error = await start({ command: 'headwater-no-such-program', args: [] }).catch((one) => one);
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ code: 'program-missing', remedy: expect.stringContaining('Install') });
  });

  test('ends when it is asked to', async () => {
    const child = await sh('exec sleep 600');
    expect(await child.stop()).toEqual({ kind: 'signal', signal: 'SIGTERM' });
    expect(await child.stop()).toEqual({ kind: 'signal', signal: 'SIGTERM' });
  });

  test('that will not end is ended hard', async () => {
    const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')";
    const child = await start({ command: process.execPath, args: ['-e', script] });
    for await (const _ of child.output) break;
    expect(await child.stop(10)).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  test('that ended by itself stays ended', async () => {
    const child = await sh('exit 0');
    await child.exited;
    expect(await child.stop()).toEqual({ kind: 'status', status: 0 });
  });

  test('is given variables besides our own', async () => {
    const child = await start({ command: '/bin/sh', args: ['-c', 'echo $A $PATH'], env: { A: 'b' } });
    expect(await textOf(child.output)).toBe(`b ${process.env.PATH}\n`);
  });
});

/** Says how many pieces it was asked for. */
function pieces(count: number, bytes: number) {
  const asked = { pieces: 0, isLeft: false };
  async function* all() {
    try {
      for (; asked.pieces < count; asked.pieces++) yield new Uint8Array(bytes).fill(97);
    } finally {
      asked.isLeft = true;
    }
  }
  return { asked, input: all() };
}

describe('the input of a child', () => {
  const withInput = (script: string, input: AsyncIterable<Uint8Array>) =>
    start({ command: '/bin/sh', args: ['-c', script], input });

  test('is written to it, and ended', async () => {
    const child = await withInput('wc -c', pieces(100, 10_000).input);
    expect((await textOf(child.output)).trim()).toBe('1000000');
  });

  test('may be empty', async () => {
    const child = await withInput('wc -c', pieces(0, 0).input);
    expect((await textOf(child.output)).trim()).toBe('0');
  });

  test('is asked for only as fast as it is read', async () => {
    const { asked, input } = pieces(1_000, 100_000);
    const child = await withInput('echo ready; read line; cat >/dev/null', input);
    for await (const _ of child.output) break;
    expect(asked.pieces).toBeLessThan(20);
    await child.stop();
  });

  test('is left when the child does not want more', async () => {
    const { asked, input } = pieces(100_000, 100_000);
    const child = await withInput('head -c 1', input);
    expect(await textOf(child.output)).toBe('a');
    expect(await child.exited).toEqual({ kind: 'status', status: 0 });
    await Promise.resolve();
    expect(asked.pieces).toBeLessThan(20);
  });

  test('that throws is an input that ends', async () => {
    const child = await withInput(
      'wc -c',
      (async function* () {
        yield new Uint8Array(5);
        throw new Error('broken');
      })(),
    );
    expect((await textOf(child.output)).trim()).toBe('5');
  });
});

describe('a command run to its end', () => {
  test('gives status, output and errors', async () => {
    const { exit, output, errors } = await run('/bin/sh', ['-c', 'echo out; echo err >&2; exit 1']);
    expect(exit).toEqual({ kind: 'status', status: 1 });
    expect(output.toString()).toBe('out\n');
    expect(errors).toEqual(['err']);
  });

  test('keeps no more output than it may, and only the last errors', async () => {
    const { output, errors } = await run('/bin/sh', ['-c', 'seq 100000; seq 200 >&2'], 1_000);
    expect(output.byteLength).toBeLessThanOrEqual(1_000);
    expect(errors).toHaveLength(50);
    expect(errors.at(-1)).toBe('200');
  });
});

async function linesOf(pieces: readonly string[]): Promise<readonly string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  const ended = once(stream, 'end');
  for (const piece of pieces) stream.write(piece);
  stream.end();
  await ended;
  return lines;
}

describe('lines', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['end with a line feed', ['a\nb\n'], ['a', 'b']],
    ['end with a carriage return, as progress does', ['a\rb\r\nc\n'], ['a', 'b', 'c']],
    ['may come in pieces', ['on', 'e\ntw', 'o\n'], ['one', 'two']],
    ['may lack their end', ['a\nb'], ['a', 'b']],
    ['that are empty are left out', ['\n\na\n\n'], ['a']],
    ['are cut when they are too long', [`${'x'.repeat(10_000)}\nb\n`], ['x'.repeat(4_096), 'b']],
    [
      'are cut when they come in pieces and are too long',
      [...Array(10).fill('x'.repeat(1_000)), '\nb\n'],
      ['x'.repeat(4_096), 'b'],
    ],
  ])('%s', async (_, pieces, lines) => {
    expect(await linesOf(pieces)).toEqual(lines);
  });

  test('are the same however the text arrives', async () => {
    const text = 'one\ntwo\r\n\nthree ü\rfour';
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(await linesOf(pieces)).toEqual(['one', 'two', 'three ü', 'four']);
      }),
    );
  });
});

describe('a program', () => {
  test('is found on the PATH', () => {
    expect(find('sh', '/nowhere:/bin')).toBe('/bin/sh');
  });

  test.each([
    ['is not there', 'headwater-no-such-program', '/bin:/usr/bin'],
    ['can not be run', 'passwd', '/etc'],
    ['has no PATH to be on', 'sh', ''],
  ])('that %s is not found', (_, name, path) => {
    expect(find(name, path)).toBeNull();
  });
});
