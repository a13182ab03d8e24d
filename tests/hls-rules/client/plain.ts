import { lastNumber, type MediaPlaylist } from '../playlist/media-playlist.ts';
import type { Rendition } from '../playlist/multivariant-playlist.ts';
import type { Segment } from '../playlist/segment.ts';
import { REGISTRY } from '../registry.ts';
import type { Sight } from '../rules/history.ts';
import { ask } from './ask.ts';
import type { Findings } from './findings.ts';
import { type Loaded, loadMedia, sightOf } from './load.ts';
import { MediaReader } from './media-reader.ts';

/** What a busy machine adds to the time at which a client sees an update. */
const BUSY_MS = 500;

/** A part has to be there for three Target Durations; it is asked for shortly before they end. */
const PART_KEPT_TARGETS = 2.5;

/** Follows one rendition as a client without low latency does: it loads the playlist again and again. */
export class PlainClient {
  readonly rendition: Rendition;
  readonly reader: MediaReader;
  readonly #findings: Findings;
  readonly #updates: Sight[] = [];
  readonly #later: Promise<void>[] = [];
  readonly #stop: AbortSignal;
  #latest: MediaPlaylist | null = null;

  constructor(rendition: Rendition, findings: Findings, stop: AbortSignal) {
    this.rendition = rendition;
    this.#findings = findings;
    this.#stop = stop;
    this.reader = new MediaReader(findings);
  }

  /** Loads the playlist once more, and takes what is new. */
  async reload(): Promise<Loaded> {
    const loaded = await loadMedia(this.rendition.url, this.#findings);
    const { answer, playlist } = loaded;
    if (answer.status !== 200) return loaded;
    this.#updates.push(sightOf(loaded));
    if (this.#latest !== null) this.#compare(this.#latest, playlist);
    this.#latest = playlist;
    this.reader.take(playlist);
    return loaded;
  }

  /** Judges what can be judged only at the end. */
  async finish(pollMs: number, peer: string | null): Promise<void> {
    await Promise.all(this.#later);
    await this.reader.finish(peer);
    if (this.#latest === null) return;
    const { targetDuration, ended } = this.#latest;
    const updates = this.#updates;
    const untilMs = ended ? null : (updates.at(-1)?.atMs ?? null);
    // A plain client does not look often enough to see each part.
    const history = { targetDuration, partTarget: null, updates, untilMs, slackMs: pollMs + BUSY_MS };
    this.#findings.judge(REGISTRY.history, history, this.rendition.url);
  }

  #compare(before: MediaPlaylist, after: MediaPlaylist): void {
    this.#findings.judge(REGISTRY.update, { before, after }, after.url);
    if (lastNumber(after) < after.sequence) return;
    for (const segment of before.segments) {
      if (segment.number < after.sequence) this.#later.push(this.#askRemoved(segment, after));
    }
    for (const segment of partless(before, after)) this.#later.push(this.#askPart(segment, after));
  }

  async #askRemoved({ uri, gap, range }: Segment, { url }: MediaPlaylist): Promise<void> {
    if (gap || range !== null) return;
    const answer = await ask(new URL(uri, url).href);
    this.#findings.judge(REGISTRY.probe, { kind: 'removed-segment', answer }, url);
  }

  async #askPart({ parts }: Segment, { url, targetDuration }: MediaPlaylist): Promise<void> {
    const part = parts.at(-1);
    if (part === undefined || part.range !== null || part.gap) return;
    if (!(await slept(PART_KEPT_TARGETS * targetDuration * 1000, this.#stop))) return;
    const answer = await ask(new URL(part.uri, url).href);
    this.#findings.judge(REGISTRY.probe, { kind: 'removed-part', answer }, url);
  }
}

/** Segments whose parts have left the playlist since. */
function partless(before: MediaPlaylist, after: MediaPlaylist): readonly Segment[] {
  const left = new Set(after.segments.filter(({ parts }) => parts.length === 0).map(({ number }) => number));
  return before.segments.filter(({ parts, number }) => parts.length > 0 && left.has(number));
}

/** Waits; false when it was stopped before. */
export function slept(ms: number, stop: AbortSignal): Promise<boolean> {
  if (stop.aborted) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const onAbort = () => {
    clearTimeout(timer);
    resolve(false);
  };
  const timer = setTimeout(() => {
    stop.removeEventListener('abort', onAbort);
    resolve(true);
  }, ms);
  stop.addEventListener('abort', onAbort, { once: true });
  return promise;
}
