import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { setPriority } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Writable } from 'node:stream';
import { Failure } from './failure.ts';

/** How a child ended: by itself with a status, or by a signal. */
export type Exit =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'signal'; readonly signal: string };

/** A running child whose output is read as it comes. */
export type Child = {
  readonly pid: number;
  /** Its standard output. A slow reader slows the child: the pipe is the only buffer. */
  readonly output: AsyncIterable<Uint8Array>;
  readonly exited: Promise<Exit>;
  /** Asks it to end, and ends it hard when it has not after `graceMs`. */
  readonly stop: (graceMs?: number) => Promise<Exit>;
};

export type ChildOptions = {
  readonly command: string;
  readonly args: readonly string[];
  /**
   * What it reads from standard input; nothing is read where it is left out. It is asked for more only as fast as the
   * child reads, and given up when the child is gone. One that throws ends the child's input.
   */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Given each line that it writes to standard error. */
  readonly onErrorLine?: (line: string) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How far it stands back for other processes, 0 to 19. */
  readonly niceness?: number;
};

const STOP_GRACE_MS = 2_000;

/** Longest line kept of a child's standard error: more is cut, so that memory stays bounded. */
const LINE_MAX_CHARS = 4_096;

/** Starts a child that writes to a pipe. Throws Failure `program-missing`. */
export async function start(options: ChildOptions): Promise<Child> {
  const { command, args, input, onErrorLine, env, niceness } = options;
  const own = { ...process.env, ...env };
  const child =
    input === undefined
      ? spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: own })
      : spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: own });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(missing(command, error)));
  });
  if (niceness !== undefined) standBack(child.pid, niceness);
  const exited = exitOf(child);
  readLines(child.stderr, onErrorLine ?? (() => {}));
  if (input !== undefined && child.stdin !== null) void pour(input, child.stdin, exited);
  const stop = (graceMs = STOP_GRACE_MS) => {
    // Who waits for input does not look for signals.
    child.stdin?.destroy();
    return stopChild(child, exited, graceMs);
  };
  return { pid: child.pid ?? 0, output: child.stdout, exited, stop };
}

/** Writes to a pipe as fast as it is read. A reader that is gone (EPIPE) ends it, and is no failure. */
async function pour(
  input: AsyncIterable<Uint8Array>,
  pipe: Writable,
  exited: Promise<unknown>,
): Promise<void> {
  let isGone = false;
  // Each wait has a promise of its own: a race with one that lives as long as the child would keep all that it read.
  let wake: () => void = () => {};
  const leave = () => {
    isGone = true;
    wake();
  };
  for (const event of ['error', 'close']) pipe.on(event, leave);
  void exited.then(leave);
  const next = input[Symbol.asyncIterator]();
  try {
    while (!isGone) {
      const read = await new Promise<IteratorResult<Uint8Array> | null>((resolve, reject) => {
        wake = () => resolve(null);
        next.next().then(resolve, reject);
      });
      if (read === null || read.done || isGone) break;
      if (pipe.write(read.value)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        pipe.once('drain', resolve);
      });
    }
  } catch {}
  pipe.end();
  void next.return?.()?.catch(() => {});
}

/** A child that has already ended has no priority to change. */
function standBack(pid: number | undefined, niceness: number): void {
  try {
    if (pid !== undefined) setPriority(pid, niceness);
  } catch {}
}

const missing = (command: string, error: Error) =>
  new Failure(
    'program-missing',
    `${command} could not be started (${error.message})`,
    `Install ${command} and have it on the PATH; \`npm start\` does so on Debian, Ubuntu and macOS`,
  );

/** Resolves when a child has ended and all its errors are read; its output may still wait to be. */
export async function exitOf(child: ChildProcess): Promise<Exit> {
  const ended = Promise.withResolvers<Exit>();
  child.once('exit', (status, signal) => {
    ended.resolve(signal ? { kind: 'signal', signal } : { kind: 'status', status: status ?? 1 });
  });
  const errorsRead = Promise.withResolvers<void>();
  if (child.stderr === null) errorsRead.resolve();
  child.stderr?.once('close', errorsRead.resolve);
  await errorsRead.promise;
  return ended.promise;
}

/** Asks a child to end with SIGTERM, then ends it with SIGKILL after `graceMs`. */
export async function stopChild(child: ChildProcess, exited: Promise<Exit>, graceMs: number): Promise<Exit> {
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), graceMs);
  const exit = await exited;
  clearTimeout(hard);
  return exit;
}

/** Splits a child's stream into lines; ffmpeg ends progress lines with a carriage return. */
export function readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = (lines.pop() ?? '').slice(0, LINE_MAX_CHARS);
    for (const line of lines) if (line !== '') onLine(line.slice(0, LINE_MAX_CHARS));
  });
  stream?.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

/** Where a program stands on the PATH, or null. */
export function find(command: string, path = process.env.PATH ?? ''): string | null {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, command);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {}
  }
  return null;
}

/** Runs a command to its end. Its output is collected, `maxBytes` at most. */
export async function run(command: string, args: readonly string[], maxBytes = 64 * 1024 * 1024) {
  const errors: string[] = [];
  const child = await start({
    command,
    args,
    onErrorLine: (line) => errors.push(line) > 50 && errors.shift(),
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of child.output) {
    size += chunk.byteLength;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return { exit: await child.exited, output: Buffer.concat(chunks), errors };
}
