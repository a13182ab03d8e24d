import { join } from 'node:path';
import { explain, Failure } from '../../runtime/failure.ts';
import { exists, writeWhole } from '../../runtime/files.ts';
import { find } from '../../runtime/process.ts';
import { openSecrets, type Secrets } from '../../runtime/secrets.ts';
import { Cluster } from './cluster.ts';
import { takeLock } from './lock.ts';
import { type Plan, type PlanInput, planOf } from './plan.ts';
import { checkPorts } from './ports.ts';
import { CHANNEL, FILM, programmeOf } from './programme.ts';
import { showProgress } from './progress.ts';
import { type ClusterSettings, titleOf } from './settings.ts';
import { aborted, stopSignal } from './stop.ts';
import type { Terminal } from './terminal.ts';
import { welcome } from './welcome.ts';

/** Runs a cluster on this machine until it is told to stop. Returns the status to exit with. */
export async function superviseUntilStopped(settings: ClusterSettings, terminal: Terminal): Promise<number> {
  const signal = stopSignal();
  try {
    await withLock(settings, () => supervise(settings, terminal, signal));
    return 0;
  } catch (error) {
    terminal.error(explain(error));
    return 1;
  }
}

async function withLock(settings: ClusterSettings, work: () => Promise<void>): Promise<void> {
  const lock = await takeLock(settings.data);
  try {
    await work();
  } finally {
    await lock.release();
  }
}

/** Everything that can be wrong with the machine is looked at before the first process starts. */
async function supervise(settings: ClusterSettings, terminal: Terminal, signal: AbortSignal): Promise<void> {
  await checkFilm(settings.film);
  const { fresh, ...secrets } = await secretsOf(settings.data);
  const plan = await prepare(settings, secrets);
  const cluster = new Cluster(plan, settings, terminal);
  try {
    await Promise.race([cluster.start(signal), aborted(signal)]);
    if (!signal.aborted) await attend(settings, terminal, fresh, signal);
  } finally {
    if (signal.aborted) terminal.line('stopping');
    await cluster.stop();
    if (signal.aborted) terminal.line('stopped');
  }
}

async function checkFilm(film: string): Promise<void> {
  if (await exists(film)) return;
  throw new Failure('bad-setting', `there is no film ${film}`, 'Name another with --film or HEADWATER_FILM');
}

type OwnSecrets = Pick<PlanInput, 'adminToken' | 'tokenKeys'>;

/** An admin token made by this start comes back as `fresh`. What is given from outside is not kept. */
async function secretsOf(data: string): Promise<OwnSecrets & { readonly fresh: Secrets | null }> {
  const { HEADWATER_ADMIN_TOKEN: givenToken, HEADWATER_TOKEN_KEYS: givenKeys } = process.env;
  if (givenToken && givenKeys) return { adminToken: givenToken, tokenKeys: givenKeys, fresh: null };
  const { secrets, fresh } = await openSecrets(data);
  return {
    adminToken: givenToken || secrets.adminToken,
    tokenKeys: givenKeys || secrets.tokenKeys.join(','),
    fresh: fresh && !givenToken ? secrets : null,
  };
}

async function prepare(settings: ClusterSettings, secrets: OwnSecrets): Promise<Plan> {
  const programme = join(settings.data, 'programme.json');
  const plan = planOf({ settings, ...secrets, programme, runtime: process.execPath });
  await checkPorts(plan.flat());
  checkNatsServer(settings);
  const presented = programmeOf(settings.film, titleOf(settings.film));
  await writeWhole(programme, `${JSON.stringify(presented, null, 2)}\n`);
  return plan;
}

function checkNatsServer({ natsUrl }: ClusterSettings): void {
  if (natsUrl !== null || find('nats-server')) return;
  throw new Failure(
    'program-missing',
    'nats-server is not on the PATH',
    'Install it (`npm start` does so on Debian, Ubuntu and macOS), or name a running one with --nats-url or HEADWATER_NATS_URL',
  );
}

async function attend(
  settings: ClusterSettings,
  terminal: Terminal,
  fresh: Secrets | null,
  signal: AbortSignal,
): Promise<void> {
  welcome(terminal, settings, fresh);
  await showProgress(`http://127.0.0.1:${settings.coordinatorPort}`, [FILM, CHANNEL], terminal, signal);
  await aborted(signal);
}
