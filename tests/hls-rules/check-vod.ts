import { ask } from './client/ask.ts';
import { Findings } from './client/findings.ts';
import { type Loaded, loadMedia, loadMultivariant } from './client/load.ts';
import { MediaReader } from './client/media-reader.ts';
import type { MultivariantPlaylist } from './playlist/multivariant-playlist.ts';
import { REGISTRY } from './registry.ts';
import { askForNothing, judgeAcross, type Outcome } from './watch-live.ts';

type Rendition = MultivariantPlaylist['renditions'][number];
type Read = { readonly rendition: Rendition; readonly loaded: Loaded; readonly reader: MediaReader };

/** Loads a finished presentation, every rendition and every segment of it. */
export async function checkVod(url: string, peer: string | null = null): Promise<Outcome> {
  const findings = new Findings();
  const multivariant = await loadMultivariant(url, findings);
  const all: Read[] = [];
  for (const rendition of multivariant.renditions) all.push(await readAll(rendition, findings, peer));
  judgeAcross(
    multivariant,
    all,
    all.map(({ loaded }) => loaded),
    findings,
  );
  judgeClocks(multivariant, all, findings);
  judgeRates(multivariant, all, findings);
  await askForNothing(multivariant, findings);
  return { violations: findings.violations, judged: findings.judged };
}

async function readAll(rendition: Rendition, findings: Findings, peer: string | null): Promise<Read> {
  const loaded = await loadMedia(rendition.url, findings);
  const again = await loadMedia(rendition.url, findings);
  findings.judge(REGISTRY.update, { before: loaded.playlist, after: again.playlist }, rendition.url);
  const reader = new MediaReader(findings);
  reader.take(loaded.playlist, Number.POSITIVE_INFINITY);
  await reader.finish(peer);
  if (loaded.playlist.ended) await askWithDirectives(rendition.url, loaded, findings);
  return { rendition, loaded, reader };
}

async function askWithDirectives(url: string, { answer: plain }: Loaded, findings: Findings): Promise<void> {
  const answer = await ask(`${url}?_HLS_msn=99999&_HLS_part=0&_HLS_skip=YES`);
  findings.judge(REGISTRY.probe, { kind: 'ended', answer, plain }, url);
}

function judgeClocks({ url }: MultivariantPlaylist, all: readonly Read[], findings: Findings): void {
  const renditions = all.map(({ rendition, reader }) => ({ url: rendition.url, moments: reader.moments }));
  const isVod = all.some(({ loaded }) => loaded.playlist.type === 'VOD');
  findings.judge(REGISTRY.timestamps, { isVod, renditions }, url);
}

function judgeRates(multivariant: MultivariantPlaylist, all: readonly Read[], findings: Findings): void {
  if (!all.every(({ loaded }) => loaded.playlist.ended)) return;
  const targetDuration = all[0]?.loaded.playlist.targetDuration ?? 0;
  const sizes = new Map(all.map(({ rendition, reader }) => [rendition.url, reader.sizes]));
  findings.judge(REGISTRY.complete, { multivariant, targetDuration, sizes }, multivariant.url);
}
