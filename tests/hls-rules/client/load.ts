import { edgeOf, lastDiscontinuity, type MediaPlaylist, parseMedia } from '../playlist/media-playlist.ts';
import { type MultivariantPlaylist, parseMultivariant } from '../playlist/multivariant-playlist.ts';
import { REGISTRY } from '../registry.ts';
import type { Sight } from '../rules/history.ts';
import { SYNTAX } from '../rules/syntax.ts';
import { type Answer, ask } from './ask.ts';
import type { Findings } from './findings.ts';

export type Loaded = { readonly answer: Answer; readonly playlist: MediaPlaylist };

/** Delivery Directives (§6.2.5), in the order that §6.3.2 asks for. */
export type Directives = { readonly msn: number; readonly part: number | null; readonly skip: boolean };

export function withDirectives(url: string, { msn, part, skip }: Directives): string {
  const address = new URL(url);
  address.searchParams.set('_HLS_msn', String(msn));
  if (part !== null) address.searchParams.set('_HLS_part', String(part));
  if (skip) address.searchParams.set('_HLS_skip', 'YES');
  return address.href;
}

/** Loads a media playlist and judges it alone. */
export async function loadMedia(url: string, findings: Findings, directives?: Directives): Promise<Loaded> {
  const answer = await ask(directives === undefined ? url : withDirectives(url, directives));
  const playlist = parseMedia(answer.bytes, url);
  if (directives === undefined || answer.status === 200) judgeMedia(answer, playlist, findings, directives);
  return { answer, playlist };
}

function judgeMedia(
  answer: Answer,
  playlist: MediaPlaylist,
  findings: Findings,
  directives: Directives | undefined,
): void {
  const { ended, targetDuration, url } = playlist;
  const resource = { kind: 'playlist', ended, blocking: directives !== undefined, targetDuration } as const;
  findings.judge(REGISTRY.answer, { answer, resource }, url);
  if (answer.status === 200) findings.judge(REGISTRY.playlist, playlist, url);
}

/** Loads the multivariant playlist, behind redirects, and judges it alone. */
export async function loadMultivariant(url: string, findings: Findings): Promise<MultivariantPlaylist> {
  const answer = await ask(url);
  const playlist = parseMultivariant(answer.bytes, answer.url);
  findings.judge(REGISTRY.answer, { answer, resource: { kind: 'multivariant' } }, answer.url);
  findings.judge(SYNTAX, playlist, answer.url);
  findings.judge(REGISTRY.multivariant, playlist, answer.url);
  return playlist;
}

/** What an answer says of how far the playlist is. */
export const sightOf = ({ answer, playlist }: Loaded): Sight => ({
  atMs: answer.answeredAtMs,
  edge: edgeOf(playlist),
  discontinuitySequence: lastDiscontinuity(playlist),
});

/** What a client that has all of a playlist asks for next. */
export function nextOf(playlist: MediaPlaylist): { readonly msn: number; readonly part: number | null } {
  const { msn, part } = edgeOf(playlist);
  const { open } = playlist;
  if (playlist.partTarget === null) return { msn: open.number, part: null };
  return msn === open.number ? { msn, part: (part ?? -1) + 1 } : { msn: open.number, part: 0 };
}
