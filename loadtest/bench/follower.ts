import { type ChunkPath, print } from '../../wire/paths.ts';
import type { Announcements } from './announcements.ts';
import { Crowd } from './crowd.ts';

/** A viewer of low latency at an edge: it waits for each playlist and for each chunk that comes next. */
export class Follower {
  readonly #announcements: Announcements;
  readonly #playlists: Crowd;
  readonly #chunks: Crowd;
  #isClosed = false;
  /** From announcement to last byte of each chunk, milliseconds; below 0 when it was there before. */
  readonly latencies: number[] = [];

  private constructor(announcements: Announcements, playlists: Crowd, chunks: Crowd) {
    this.#announcements = announcements;
    this.#playlists = playlists;
    this.#chunks = chunks;
  }

  static async connect(url: string, announcements: Announcements): Promise<Follower> {
    return new Follower(announcements, await Crowd.connect(url, 1), await Crowd.connect(url, 1));
  }

  /** Watches until it is closed. Rejects with Failure `child-failed` when an answer is not a 200. */
  async watch(): Promise<void> {
    let path = await this.#announcements.first;
    while (!this.#isClosed) {
      const playlist = this.#playlists.ask(playlistWith(path));
      const [arrival] = await this.#chunks.ask(print(path));
      const { atMs, next } = await this.#announcements.of(path);
      if (arrival !== undefined) this.latencies.push(arrival.lastMs - atMs);
      await playlist;
      path = next;
    }
    this.#playlists.close();
    this.#chunks.close();
  }

  /** Stops with the next chunk. */
  close(): void {
    this.#isClosed = true;
  }
}

const playlistWith = ({ presentation, track, number, index }: ChunkPath) =>
  `${print({ kind: 'playlist', presentation, track })}?_HLS_msn=${number}&_HLS_part=${index}`;
