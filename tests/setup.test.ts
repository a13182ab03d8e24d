import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from '../runtime/process.ts';

const setup = join(import.meta.dirname, '..', 'deploy', 'setup.mjs');
const node = find('node') ?? 'node';

let bin = '';
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'headwater-setup-'));
  await symlink(node, join(bin, 'node'));
});
afterEach(() => rm(bin, { recursive: true, force: true }));

/** Puts a program on the PATH of the machine that set-up sees, which holds nothing else. */
async function provide(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const { npm_lifecycle_event: _, ...inherited } = process.env;
  return spawn(node, [setup, ...args], { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = start(args, env);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (output += bytes));
  const [status] = await once(child, 'close');
  return { status, output };
}

const freshMachine = () => ({ PATH: bin });
const script = (text: string) => writeFile(join(bin, 'script.ts'), text).then(() => join(bin, 'script.ts'));

test('hands arguments, output and exit status through', async () => {
  const path = await script('console.log(process.argv.slice(2).join("|")); process.exit(7);');
  expect(await run([path, 'a b', '--with', ''])).toEqual({ status: 7, output: 'a b|--with|\n' });
});

test('a script ended by a signal gives its status', async () => {
  const path = await script('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
  expect((await run([path])).status).toBe(137);
});

test.each([['--with', 'opera', 'x.ts'], []])('%j %j %j is one sentence', async (...args) => {
  const { status, output } = await run(args.filter((arg) => arg !== undefined));
  expect(status).toBe(1);
  expect(output).toMatch(/^headwater: [^\n]+\n$/);
});

const WAITS = `
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {
    process.stdout.write(signal + '\\n', () => process.exit(0));
  });
  setInterval(() => {}, 1000);
  console.log('waiting');`;

async function startWaiting() {
  const child = start([await script(WAITS)]);
  child.stderr?.resume();
  const [first] = await once(child.stdout ?? child, 'data');
  expect(String(first)).toBe('waiting\n');
  let rest = '';
  child.stdout?.on('data', (bytes) => (rest += bytes));
  return { child, rest: () => rest };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s reaches the script once', async (signal) => {
  const { child, rest } = await startWaiting();
  child.kill(signal);
  const [status] = await once(child, 'close');
  expect({ status, said: rest() }).toEqual({ status: 0, said: `${signal}\n` });
});

test('the script is asked to end when set-up is killed', async () => {
  const { child, rest } = await startWaiting();
  child.kill('SIGKILL');
  // The script holds the same output: it is closed when both have ended.
  await once(child, 'close');
  expect(rest()).toBe('SIGTERM\n');
});

// Homebrew's folders are added to the PATH on macOS, so that no machine there looks fresh.
const onLinux = test.skipIf(process.platform !== 'linux');

onLinux('installs ffmpeg with apt-get, and says what it runs', async () => {
  const calls = join(bin, 'calls');
  const made = 'for name in ffmpeg nats-server; do echo > "$BIN/$name"; /bin/chmod +x "$BIN/$name"; done';
  await provide(
    'apt-get',
    `echo "$DEBIAN_FRONTEND: $*" >> "${calls}"\nif [ "$1" = install ]; then ${made}; fi`,
  );
  await provide('env', 'exec /usr/bin/env "$@"');
  await provide('sudo', '[ "$1" = -n ] && shift\nexec "$@"');
  await provide('systemctl', 'exit 0');
  const { status, output } = await run(['tests/run.ts', 'no-such.test.ts'], { ...freshMachine(), BIN: bin });
  const [update, install, more] = (await readFile(calls, 'utf8')).trim().split('\n');
  expect(update).toBe('noninteractive: update');
  expect(install).toMatch(/^noninteractive: install -y --no-install-recommends .*ffmpeg/);
  expect(more).toBeUndefined();
  expect(output).toMatch(/^headwater: running: .*apt-get update$/m);
  expect(output).toContain('there are no tests at no-such.test.ts');
  expect(status).toBe(1);
});

onLinux('a machine with no way to install is told what is missing', async () => {
  const { status, output } = await run(['origin/main.ts'], freshMachine());
  expect(status).toBe(1);
  expect(output).toMatch(/^headwater: ffmpeg must be on the PATH: [^\n]+, then start again\n$/);
});

onLinux('a failed installation ends with the command to type', async () => {
  await provide('apt-get', 'echo "E: no network" >&2; exit 100');
  await provide('env', 'exec /usr/bin/env "$@"');
  await provide('sudo', '[ "$1" = -n ] && shift\nexec "$@"');
  await provide('systemctl', 'exit 0');
  const { status, output } = await run(['origin/main.ts'], freshMachine());
  expect(status).toBe(1);
  expect(output).toMatch(/type `.*apt-get install -y --no-install-recommends ffmpeg`, then start again\n$/);
});

onLinux('a missing browser costs only the tests that need it', async () => {
  for (const name of ['ffmpeg', 'nats-server']) await provide(name, '');
  const { output } = await run(['--with', 'chromium', 'tests/run.ts', 'no-such.test.ts'], freshMachine());
  expect(output).toMatch(/^headwater: tests that need chromium are skipped: /);
  expect(output).toContain('there are no tests at no-such.test.ts');
});
