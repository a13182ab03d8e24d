import { ask } from './client/ask.ts';
import { type Finding, Findings } from './client/findings.ts';
import { type Loaded, loadMultivariant } from './client/load.ts';
import { LowLatencyClient } from './client/low-latency.ts';
import { PlainClient, slept } from './client/plain.ts';
import type { MultivariantPlaylist } from './playlist/multivariant-playlist.ts';
import { REGISTRY } from './registry.ts';

export type Outcome = { readonly violations: readonly Finding[]; readonly judged: number };

/** How often a plain client looks, in target durations: often enough to see an update that is late. */
const POLL_TARGETS = 0.25;
const POLL_MIN_MS = 250;

/**
 * Follows a live presentation for so long, in all renditions, as a plain client and as a strict low-latency client
 * do. `peer` is the address of another edge, whose media has to be the same.
 */
export async function watchLive(url: string, seconds: number, peer: string | null = null): Promise<Outcome> {
  const findings = new Findings();
  const stop = AbortSignal.timeout(seconds * 1000);
  const multivariant = await loadMultivariant(url, findings);
  const plain = multivariant.renditions.map((rendition) => new PlainClient(rendition, findings, stop));
  const quick = multivariant.renditions.map(
    (rendition) => new LowLatencyClient(rendition.url, findings, stop),
  );
  await Promise.all([
    watchPlain(multivariant, plain, findings, stop, peer),
    ...quick.map((client) => client.follow()),
    askForNothing(multivariant, findings),
  ]);
  return { violations: findings.violations, judged: findings.judged };
}

async function watchPlain(
  multivariant: MultivariantPlaylist,
  clients: readonly PlainClient[],
  findings: Findings,
  stop: AbortSignal,
  peer: string | null,
): Promise<void> {
  let pollMs = POLL_MIN_MS;
  do {
    const loaded = await Promise.all(clients.map((client) => client.reload()));
    judgeAcross(multivariant, clients, loaded, findings);
    const targets = loaded.map(({ playlist }) => playlist.targetDuration);
    pollMs = Math.max(POLL_MIN_MS, POLL_TARGETS * 1000 * Math.max(0, ...targets));
    if (loaded.every(({ playlist }) => playlist.ended)) break;
  } while (await slept(pollMs, stop));
  await Promise.all(clients.map((client) => client.finish(pollMs, peer)));
  const renditions = clients.map(({ rendition, reader }) => ({
    url: rendition.url,
    moments: reader.moments,
  }));
  findings.judge(REGISTRY.timestamps, { isVod: false, renditions }, multivariant.url);
}

/** Judges the playlists of a presentation together, when all were answered. */
export function judgeAcross(
  multivariant: MultivariantPlaylist,
  clients: readonly Pick<PlainClient, 'rendition'>[],
  loaded: readonly Loaded[],
  findings: Findings,
): void {
  if (loaded.some(({ answer }) => answer.status !== 200)) return;
  const members = loaded.flatMap(({ playlist, answer: { askedAtMs, answeredAtMs } }, index) => {
    const rendition = clients[index]?.rendition;
    return rendition === undefined ? [] : [{ rendition, playlist, askedAtMs, answeredAtMs }];
  });
  findings.judge(REGISTRY.across, { multivariant, members }, multivariant.url);
}

/** A name beside the first media playlist that no server gives to media. */
export async function askForNothing({ renditions }: MultivariantPlaylist, findings: Findings): Promise<void> {
  const url = renditions[0]?.url;
  if (url === undefined) return;
  const answer = await ask(new URL('no-such-epoch/0.m4s', url).href);
  findings.judge(REGISTRY.probe, { kind: 'absent', answer }, url);
}
