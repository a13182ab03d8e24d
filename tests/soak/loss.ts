import { readFile } from 'node:fs/promises';
import { childrenOf } from '../../loadtest/bench/cpu.ts';
import { eventually } from '../cluster.ts';
import { atMost } from './figures.ts';
import { BROKEN, type Result, type Run } from './run.ts';

/** From the loss of the source to media of the next epoch in the playlist. */
const ASKED_MS = 5_000;

/** Kills the encoder of the channel in the middle of the run, and waits until it is back. */
export async function loseSource({ nodes, seconds }: Run, film: string): Promise<Result> {
  await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / 2));
  const playlist = `${nodes.edgeUrl}/v/${BROKEN}/v240/index.m3u8`;
  const before = await newestEpoch(playlist);
  process.kill(await encoderOf(nodes.originPid, film), 'SIGKILL');
  const lostAtMs = Date.now();
  const asked = { what: 'source lost: back after', unit: 'ms', asked: atMost(ASKED_MS) } as const;
  const isBack = eventually(async () => (await newestEpoch(playlist)) !== before, 60_000);
  const value = await isBack.then(
    () => Date.now() - lostAtMs,
    () => Number.POSITIVE_INFINITY,
  );
  return { figures: [{ ...asked, value }], details: { lostAtMs } };
}

/** Of the last media that a playlist names. */
async function newestEpoch(playlist: string): Promise<string> {
  const lines = (await (await fetch(playlist)).text()).split('\n');
  const names = lines.flatMap((line) => /^(?:#EXT-X-PART:.*URI=")?(\w+)\/[\d.]+m4s/.exec(line)?.[1] ?? []);
  return names.at(-1) ?? '';
}

/** The child of the origin that reads `film`. */
async function encoderOf(originPid: number, film: string): Promise<number> {
  for (const pid of await childrenOf(originPid)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').includes(film)) return pid;
  }
  throw new Error(`no encoder reads ${film}`);
}
