import { isIP } from 'node:net';
import { Failure } from '../runtime/failure.ts';

export const SCENARIOS = ['smoke'] as const;
export type Scenario = (typeof SCENARIOS)[number];

export type Command = {
  readonly scenario: Scenario;
  /** Handed to k6 as they are. */
  readonly flags: readonly string[];
};

/** Reads `[scenario] [flags for k6]`. Throws Failure `bad-setting` for a scenario that there is not. */
export function readCommand(args: readonly string[]): Command {
  const [first] = args;
  if (first === undefined || first.startsWith('-')) return { scenario: 'smoke', flags: args };
  const scenario = SCENARIOS.find((name) => name === first);
  if (scenario !== undefined) return { scenario, flags: args.slice(1) };
  throw new Failure(
    'bad-setting',
    `there is no scenario '${first}'`,
    `Name one of ${SCENARIOS.join(', ')}, or flags for k6`,
  );
}

/** What the scenario will read as BASE: the last `-e BASE=…` among the flags, else the variable. */
export function baseOf(flags: readonly string[], env: Readonly<Record<string, string | undefined>>): string {
  const given = flags.flatMap((flag) => /^(?:-e|--env)?=?BASE=(.+)$/.exec(flag)?.[1] ?? []);
  return given.at(-1) ?? env.BASE ?? 'http://localhost:8080';
}

/** Throws Failure `bad-setting` unless a URL is one of this machine: load on others is asked for in so many words. */
export function needLoopback(url: string): void {
  if (isLoopback(url)) return;
  throw new Failure(
    'bad-setting',
    `BASE is '${url}', which is not this machine`,
    'Set HEADWATER_LOADTEST_REMOTE=yes when it is yours to put load on',
  );
}

function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}
