import { type InitFacts, type MediaFacts, type Read, readInit, readMedia } from '../media/facts.ts';
import { dateTimes } from '../playlist/date-times.ts';
import type { MediaPlaylist } from '../playlist/media-playlist.ts';
import type { ByteRange, Part, Segment } from '../playlist/segment.ts';
import { REGISTRY } from '../registry.ts';
import type { Size } from '../rules/bandwidths.ts';
import type { Moment } from '../rules/timestamps.ts';
import { type Answer, ask } from './ask.ts';
import type { Findings } from './findings.ts';

/** A client that joins a live playlist takes so much of what is there. */
const JOINED_SEGMENTS = 6;

type Target = { readonly uri: string; readonly range: ByteRange | null };

/** Fetches the media of one rendition, in order, and judges it. */
export class MediaReader {
  readonly moments: Moment[] = [];
  readonly sizes: Size[] = [];
  readonly #findings: Findings;
  readonly #inits = new Map<string, Promise<Read<InitFacts>>>();
  #next: number | null = null;
  #before: { readonly segment: Segment; readonly media: MediaFacts } | null = null;
  #last: { readonly url: string; readonly answer: Answer } | null = null;
  #queue: Promise<void> = Promise.resolve();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Takes the segments that are new since the last time. */
  take(playlist: MediaPlaylist, joined = JOINED_SEGMENTS): void {
    const from = this.#next ?? playlist.open.number - joined;
    this.#next = playlist.open.number;
    const times = dateTimes(playlist);
    for (const [index, segment] of playlist.segments.entries()) {
      if (segment.number < from || segment.gap) continue;
      this.#queue = this.#queue.then(() => this.#read(playlist, segment, times[index] ?? null));
    }
  }

  /** Resolves when all that was taken is read, and asks for the last of it once more: here, or of a peer. */
  async finish(peer: string | null = null): Promise<void> {
    await this.#queue;
    if (this.#last === null) return;
    const { url, answer: first } = this.#last;
    const again = new URL(url);
    const second = await ask(peer === null ? url : new URL(again.pathname, peer).href);
    this.#findings.judge(REGISTRY.probe, { kind: 'again', first, second }, url);
  }

  async #read(playlist: MediaPlaylist, segment: Segment, dateTime: number | null): Promise<void> {
    const init = await this.#init(playlist, segment);
    const answer = await this.#fetch(playlist, segment);
    const parts = await Promise.all(segment.parts.map((part) => this.#part(playlist, part, init)));
    const media = understood(answer.bytes, init);
    const { independentSegments, iFramesOnly } = playlist;
    const { bytes, url } = answer;
    if (segment.range === null) this.#last = { url, answer };
    this.#findings.judge(
      REGISTRY.media,
      { segment, independentSegments, iFramesOnly, init, media, bytes, parts, before: this.#before },
      url,
    );
    this.sizes.push({ duration: segment.duration, bytes: bytes.byteLength });
    this.#before = media.ok ? { segment, media: media.facts } : null;
    if (media.ok) this.#note(segment, dateTime, media.facts);
  }

  #note({ discontinuitySequence, number }: Segment, dateTime: number | null, { shownAt }: MediaFacts): void {
    this.moments.push({ discontinuitySequence, dateTime, shownAt, number });
  }

  async #part(playlist: MediaPlaylist, part: Part, init: Read<InitFacts>) {
    const { bytes } = await this.#fetch(playlist, part);
    return { part, media: understood(bytes, init), bytes };
  }

  #init(playlist: MediaPlaylist, { map }: Segment): Promise<Read<InitFacts>> {
    if (map === null) return Promise.resolve({ ok: false, problem: 'has no EXT-X-MAP' });
    const key = JSON.stringify(map);
    const known = this.#inits.get(key) ?? this.#fetch(playlist, map).then(({ bytes }) => readInit(bytes));
    this.#inits.set(key, known);
    return known;
  }

  async #fetch({ url }: MediaPlaylist, { uri, range }: Target): Promise<Answer> {
    const address = new URL(uri, url).href;
    const offset = range?.offset ?? 0;
    const header = range === null ? null : `bytes=${offset}-${offset + range.length - 1}`;
    const answer = await ask(address, header);
    this.#findings.judge(REGISTRY.answer, { answer, resource: { kind: 'media', range } }, address);
    return answer;
  }
}

const understood = (bytes: Uint8Array, init: Read<InitFacts>): Read<MediaFacts> =>
  init.ok ? readMedia(bytes, init.facts) : init;
