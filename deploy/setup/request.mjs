import { Stop } from './say.mjs';

/** @typedef {{ script: string, args: readonly string[], extras: readonly string[] }} Request */
/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

const USAGE = 'usage: node deploy/setup.mjs [--with chromium] <script.ts> [args…]';

/**
 * What the command line asks for.
 * @param {readonly string[]} args
 * @returns {Request}
 */
export function read(args) {
  const extras = [];
  let at = 0;
  for (; args[at] === '--with'; at += 2) {
    const extra = args[at + 1];
    if (extra !== 'chromium') throw new Stop(`--with takes chromium, not '${extra ?? ''}'; ${USAGE}`);
    extras.push(extra);
  }
  const script = args[at];
  if (!script) throw new Stop(USAGE);
  return { script, args: args.slice(at + 1), extras };
}

/**
 * The programs that a script calls by name. An edge or a coordinator alone calls none; an origin alone
 * finds its NATS server elsewhere.
 * @param {Request} request
 * @param {Environment} env
 * @returns {readonly string[]}
 */
export function programsFor({ script, args, extras }, env) {
  if (args.includes('--help') || args.includes('-h')) return [];
  switch (script) {
    case 'deploy/cluster/main.ts':
      return env.HEADWATER_NATS_URL ? ['ffmpeg'] : ['ffmpeg', 'nats-server'];
    case 'origin/main.ts':
      return ['ffmpeg'];
    case 'tests/run.ts':
      return args[0] === 'lint' ? [] : ['ffmpeg', 'nats-server', ...extras];
    case 'loadtest/bench.ts':
    case 'tests/soak/main.ts':
      return ['ffmpeg', 'nats-server', ...extras];
    default:
      return extras;
  }
}
