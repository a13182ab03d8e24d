import { z } from 'zod';
import type { Level } from '../../runtime/config.ts';

type LevelName = z.infer<typeof Level>;

/** What a process of the cluster wrote. */
export type LogLine = {
  readonly level: LevelName;
  readonly message: string;
  /** What else it says, as `key=value`. */
  readonly facts: readonly string[];
};

/** As pino numbers them. */
const LEVELS: Readonly<Record<LevelName, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};

const PinoLine = z.looseObject({ level: z.number(), msg: z.string().default('') });
const PINO_OWN = new Set(['level', 'time', 'node', 'msg', 'pid', 'hostname', 'v']);

/** nats-server: `[123] 2026/01/31 12:00:00.000000 [WRN] …`. */
const NATS_LINE = /^\[\d+\] \S+ \S+ \[(TRC|DBG|INF|WRN|ERR|FTL)\] (.*)$/;
const NATS_LEVELS: Readonly<Record<string, LevelName>> = {
  TRC: 'trace',
  DBG: 'debug',
  INF: 'info',
  WRN: 'warn',
  ERR: 'error',
  FTL: 'fatal',
};

/** Longest value of a fact shown: the log file has the whole of it. */
const FACT_MAX_CHARS = 200;

/** Reads a line of any process; what none of them is known to write is taken for a warning. */
export const parse = (line: string): LogLine =>
  parsePino(line) ?? parseNats(line) ?? { level: 'warn', message: line, facts: [] };

/** True when lines of `level` are shown by who shows `least` and worse. */
export const isShown = (level: LevelName, least: LevelName) => LEVELS[level] >= LEVELS[least];

function parsePino(line: string): LogLine | null {
  if (!line.startsWith('{')) return null;
  try {
    const { level, msg, ...rest } = PinoLine.parse(JSON.parse(line));
    const facts = Object.entries(rest).filter(([key]) => !PINO_OWN.has(key));
    return { level: nameOf(level), message: msg, facts: facts.map(([key, value]) => fact(key, value)) };
  } catch {
    return null;
  }
}

function parseNats(line: string): LogLine | null {
  const [, tag = '', message = ''] = NATS_LINE.exec(line) ?? [];
  const level = NATS_LEVELS[tag];
  return level ? { level, message, facts: [] } : null;
}

const nameOf = (number: number): LevelName =>
  (Object.keys(LEVELS) as LevelName[]).findLast((name) => LEVELS[name] <= number) ?? 'trace';

const PinoError = z.object({ message: z.string() });

function fact(key: string, value: unknown): string {
  const error = PinoError.safeParse(value);
  const shown = error.success
    ? error.data.message
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
  return `${key}=${shown.slice(0, FACT_MAX_CHARS)}`;
}
