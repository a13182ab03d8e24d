import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Failure } from './failure.ts';

/** One thing that can be set from outside, by a flag or by a variable. */
export type Setting<T> = {
  readonly env: string;
  /** What the text must be; it is given the text, or `fallback` when nothing is set. */
  readonly schema: z.ZodType<T>;
  /** As it would be typed; null when the setting may be absent. */
  readonly fallback: string | null;
  /** What it does, with its unit. */
  readonly help: string;
};

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

export type Environment = Readonly<Record<string, string | undefined>>;

export type Read<S extends Settings> =
  | { readonly kind: 'values'; readonly values: Values<S> }
  | { readonly kind: 'help'; readonly text: string };

/** Digits alone: an empty text is a mistake, not port 0, which the system would choose. */
export const Port = z
  .string()
  .regex(/^\d{1,5}$/, 'it must be a number from 0 to 65535')
  .transform(Number)
  .pipe(z.number().max(65_535));

/** A port that may be shut: `off` is null. */
export const DoorPort = z.union([z.literal('off').transform(() => null), Port]);
export const Text = z.string().min(1);
export const YesOrNo = z.enum(['yes', 'no']).transform((text) => text === 'yes');
export const OptionalUrl = z.url().nullable();
export const Level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']);

/** Settings that every node has. */
export const commonSettings = {
  natsUrl: {
    env: 'HEADWATER_NATS_URL',
    schema: Text,
    fallback: 'nats://127.0.0.1:4222',
    help: 'NATS server, with JetStream; several separated by commas',
  },
  natsReplicas: {
    env: 'HEADWATER_NATS_REPLICAS',
    schema: z.coerce.number().int().min(1).max(5),
    fallback: '1',
    help: 'copies of each JetStream stream; 3 on a NATS cluster',
  },
  logLevel: {
    env: 'HEADWATER_LOG_LEVEL',
    schema: Level,
    fallback: 'info',
    help: 'fatal, error, warn, info, debug or trace',
  },
} as const;

/** A flag such as `--cache-max-bytes` for the setting `cacheMaxBytes`. */
const flagOf = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Reads the settings of `command`; a flag wins over its variable. Throws Failure `bad-setting`. */
export function read<S extends Settings>(
  command: string,
  settings: S,
  args: readonly string[],
  env: Environment,
): Read<S> {
  const flags = parseFlags(command, settings, args);
  if (flags.help) return { kind: 'help', text: helpText(command, settings) };
  const values = Object.entries(settings).map(([key, setting]) => {
    const flag = flags[flagOf(key)];
    const given = typeof flag === 'string' ? flag : env[setting.env] || undefined;
    return [key, readOne(key, setting, given)];
  });
  return { kind: 'values', values: Object.fromEntries(values) as Values<S> };
}

type Flags = Readonly<Record<string, string | boolean | undefined>>;

function parseFlags(command: string, settings: Settings, args: readonly string[]): Flags {
  const flags = Object.keys(settings).map((key) => [flagOf(key), { type: 'string' as const }]);
  const options = { ...Object.fromEntries(flags), help: { type: 'boolean', short: 'h' } };
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values as Flags;
  } catch (error) {
    const problem =
      error instanceof Error ? (error.message.split(/\.\s/)[0] ?? error.message) : String(error);
    throw new Failure('bad-setting', problem, `Run \`npm run ${command} -- --help\` for the flags there are`);
  }
}

function readOne(key: string, setting: Setting<unknown>, given: string | undefined): unknown {
  const text = given ?? setting.fallback;
  const parsed = setting.schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const problem = parsed.error.issues[0]?.message ?? 'not understood';
  const said = text === null ? 'is not set' : `is '${text}'`;
  throw new Failure(
    'bad-setting',
    `--${flagOf(key)} ${said}: ${problem}`,
    `Set it with --${flagOf(key)} or ${setting.env}: ${setting.help}`,
  );
}

function helpText(command: string, settings: Settings): string {
  const lines = Object.entries(settings).map(([key, { env, fallback, help }]) => {
    const name = `--${flagOf(key)}`.padEnd(24);
    const usual = fallback === null ? '' : ` (default ${fallback})`;
    return `  ${name} ${help}${usual}\n  ${' '.repeat(24)} ${env}`;
  });
  return `npm run ${command} -- [flags]\n\n${lines.join('\n')}\n`;
}
