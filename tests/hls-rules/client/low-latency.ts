import { edgeOf, hinted, type MediaPlaylist, partsOf } from '../playlist/media-playlist.ts';
import { REGISTRY } from '../registry.ts';
import type { Sight } from '../rules/history.ts';
import { type Answer, ask } from './ask.ts';
import type { Findings } from './findings.ts';
import { type Directives, type Loaded, loadMedia, nextOf, sightOf } from './load.ts';
import { slept } from './plain.ts';

/** A part is seen when its answer is read: that of the part before may have been early, this one late. */
const SLACK_PARTS = 1;
const BUSY_MS = 300;

/** A server that refuses what it should hold is not asked without end. */
const AFTER_REFUSAL_MS = 250;

/** Parts ahead that no server may hold a request for (§6.2.5.2), however short parts are. */
const FAR_PARTS = 100;
const FAR_SEGMENTS = 3;

type Next = Pick<Directives, 'msn' | 'part'>;

/** Follows one rendition with blocking reloads, delta updates and hinted requests. */
export class LowLatencyClient {
  readonly #url: string;
  readonly #findings: Findings;
  readonly #stop: AbortSignal;
  readonly #updates: Sight[] = [];

  constructor(url: string, findings: Findings, stop: AbortSignal) {
    this.#url = url;
    this.#findings = findings;
    this.#stop = stop;
  }

  /** Until it is stopped, or the playlist has ended. */
  async follow(): Promise<void> {
    let current = (await loadMedia(this.#url, this.#findings)).playlist;
    if (current.control?.canBlockReload !== true || current.ended) return;
    await this.#probe(current);
    current = (await loadMedia(this.#url, this.#findings)).playlist;
    while (!this.#stop.aborted && !current.ended) current = await this.#step(current);
    this.#judgeHistory(current);
  }

  /** One blocking reload; gives the playlist after it. */
  async #step(current: MediaPlaylist): Promise<MediaPlaylist> {
    const next = nextOf(current);
    const hint = hinted(current, 'PART');
    const [full, delta, held] = await Promise.all([
      loadMedia(this.#url, this.#findings, { ...next, skip: false }),
      this.#delta(current, next),
      hint === null ? null : ask(new URL(hint, this.#url).href),
    ]);
    this.#judgeBlocked(next, full);
    if (full.answer.status !== 200) return this.#recover();
    this.#updates.push(sightOf(full));
    this.#findings.judge(REGISTRY.update, { before: current, after: full.playlist }, this.#url);
    if (delta !== null) this.#judgeDelta(current, next, delta, full.playlist);
    if (held !== null && hint !== null) await this.#judgeHint(full.playlist, hint, held);
    return full.playlist;
  }

  async #recover(): Promise<MediaPlaylist> {
    await slept(AFTER_REFUSAL_MS, this.#stop);
    return (await loadMedia(this.#url, this.#findings)).playlist;
  }

  #delta({ control }: MediaPlaylist, next: Next): Promise<Loaded> | null {
    if (control?.canSkipUntil == null) return null;
    return loadMedia(this.#url, this.#findings, { ...next, skip: true });
  }

  #judgeBlocked(asked: Next, { answer, playlist }: Loaded): void {
    this.#findings.judge(REGISTRY.probe, { kind: 'blocked', asked, answer, playlist }, this.#url);
  }

  /** Two answers can be compared when they were made of the same parts. */
  #judgeDelta(older: MediaPlaylist, next: Next, loaded: Loaded, full: MediaPlaylist): void {
    const { answer, playlist: delta } = loaded;
    this.#judgeBlocked(next, loaded);
    if (answer.status !== 200) return;
    const [one, other] = [edgeOf(delta), edgeOf(full)];
    if (one.msn !== other.msn || one.part !== other.part || delta.open.number !== full.open.number) return;
    this.#findings.judge(REGISTRY.probe, { kind: 'skip', delta, full }, this.#url);
    this.#findings.judge(REGISTRY.delta, { older, delta, full }, this.#url);
  }

  async #judgeHint(playlist: MediaPlaylist, hint: string, held: Answer): Promise<void> {
    const isListed = partsOf(playlist).some(({ uri, gap }) => uri === hint && !gap);
    if (!isListed) return;
    const listed = await ask(new URL(hint, this.#url).href);
    const partTarget = playlist.partTarget ?? 0;
    this.#findings.judge(REGISTRY.probe, { kind: 'hint', held, listed, partTarget }, this.#url);
  }

  #judgeHistory({ targetDuration, partTarget, ended }: MediaPlaylist): void {
    const updates = this.#updates;
    const untilMs = ended ? null : (updates.at(-1)?.atMs ?? null);
    const slackMs = (partTarget ?? targetDuration) * 1000 * SLACK_PARTS + BUSY_MS;
    const history = { targetDuration, partTarget, updates, untilMs, slackMs };
    this.#findings.judge(REGISTRY.history, history, this.#url);
  }

  /** Requests that no player makes, or makes only when it is far behind. */
  async #probe(playlist: MediaPlaylist): Promise<void> {
    const { open, sequence } = playlist;
    const at = (directives: string) => ask(`${this.#url}?${directives}`);
    const [alone, segment, part, old, plain] = await Promise.all([
      at('_HLS_part=0'),
      at(`_HLS_msn=${open.number + FAR_SEGMENTS}`),
      playlist.partTarget === null ? null : at(`_HLS_msn=${open.number}&_HLS_part=${FAR_PARTS}`),
      loadMedia(this.#url, this.#findings, { msn: Math.max(0, sequence - 1), part: null, skip: false }),
      Promise.resolve({ playlist }),
    ]);
    this.#findings.judge(REGISTRY.probe, { kind: 'part-alone', answer: alone }, this.#url);
    this.#findings.judge(REGISTRY.probe, { kind: 'far-segment', answer: segment }, this.#url);
    if (part !== null) this.#findings.judge(REGISTRY.probe, { kind: 'far-part', answer: part }, this.#url);
    const answered = { kind: 'old', playlist: old.playlist, plain: plain.playlist } as const;
    this.#findings.judge(REGISTRY.probe, answered, this.#url);
  }
}
