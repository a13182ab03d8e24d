import { check } from 'k6';
import type { Client } from './client.ts';
import { segmentTime } from './metrics.ts';
import { type Media, parseMedia, type Segment, startOf } from './playlist.ts';
import { resolve } from './url.ts';

/** One track that a viewer follows: its playlist, and how much of it is in memory. */
export class Rendition {
  readonly #client: Client;
  readonly #url: string;
  readonly #maps = new Set<string>();
  #playlist: Media;
  #next: number;
  #reloadAtMs: number;
  /** Seconds in memory since the start. */
  buffered = 0;

  private constructor(client: Client, url: string, playlist: Media, next: number, nowMs: number) {
    this.#client = client;
    this.#url = url;
    this.#playlist = playlist;
    this.#next = next;
    this.#reloadAtMs = nowMs + playlist.targetSeconds * 1000;
  }

  /** Null when there is nothing to play. */
  static open(client: Client, url: string, nowMs: number): Rendition | null {
    const got = client.get('playlist', url);
    const playlist = got && parseMedia(got.text);
    const next = playlist && startOf(playlist);
    const good = check(next, { 'playlist can be played': (number) => number !== null });
    return good && got && playlist && next !== null
      ? new Rendition(client, got.url, playlist, next, nowMs)
      : null;
  }

  get targetSeconds(): number {
    return this.#playlist.targetSeconds;
  }

  /** All that there is, and ever will be, is in memory. */
  get complete(): boolean {
    return this.#playlist.ended && this.#upcoming() === null;
  }

  /** A live playlist is loaded anew once a target duration (§6.3.4). False when that failed. */
  reloadWhenDue(nowMs: number): boolean {
    if (this.#playlist.ended || nowMs < this.#reloadAtMs) return true;
    this.#reloadAtMs = nowMs + this.targetSeconds * 1000;
    const got = this.#client.get('playlist', this.#url);
    const playlist = got && parseMedia(got.text);
    if (playlist === null) return false;
    const before = this.#playlist;
    this.#playlist = playlist;
    return check(playlist, {
      'playlist goes forward': () => (lastOf(playlist) ?? 0) >= (lastOf(before) ?? 0),
      'no gap in the sequence': () => (playlist.segments[0]?.number ?? 0) <= this.#next,
    });
  }

  /** Fetches the next segment, with its init segment when that is new; null when there is none yet. */
  fetchNext(): 'fetched' | 'failed' | null {
    const segment = this.#upcoming();
    if (segment === null) return null;
    if (!this.#haveMap(segment)) return 'failed';
    const got = this.#client.get('segment', resolve(this.#url, segment.uri));
    if (got === null) return 'failed';
    segmentTime.add(got.ms);
    this.buffered += segment.seconds;
    this.#next += 1;
    return 'fetched';
  }

  #upcoming(): Segment | null {
    return this.#playlist.segments.find(({ number }) => number === this.#next) ?? null;
  }

  #haveMap({ map }: Segment): boolean {
    if (map === null || this.#maps.has(map)) return true;
    if (this.#client.get('init', resolve(this.#url, map)) === null) return false;
    this.#maps.add(map);
    return true;
  }
}

const lastOf = ({ segments }: Media) => segments.at(-1)?.number;
