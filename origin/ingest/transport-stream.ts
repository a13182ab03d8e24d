import { MalformedBox } from '../../media/isobmff/box.ts';
import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import { type Codings, Demuxer, type Taken } from '../../media/mpegts/demuxer.ts';
import type { Milliseconds } from '../../media/time.ts';
import type { Feed } from '../packaging/feed.ts';
import { Unusable } from './contents.ts';
import { type Entered, Entrance } from './entrance.ts';
import { remux } from './remux.ts';

/**
 * How long ffmpeg looks before it says what there is; it does so to the end. The entrance has seen to it that a key
 * frame comes first, so this is for the first frames of sound.
 */
const ANALYSED_US = 500_000;

/** Half a second at 80 Mb/s. */
const ANALYSED_MAX_BYTES = 5_000_000;

const INPUT_ARGS = [
  ...['-protocol_whitelist', 'pipe', '-fpsprobesize', '0'],
  ...['-analyzeduration', `${ANALYSED_US}`, '-probesize', `${ANALYSED_MAX_BYTES}`],
  ...['-f', 'mpegts', '-i', 'pipe:0'],
];

/** The stream goes on as another movie: another feed takes it. */
export class Changed extends Error {
  override readonly name = 'Changed';
}

/**
 * An MPEG transport stream, in pieces of any size, as feeds: one after another, where what it holds changes. H.264 or
 * HEVC with AAC or MP3 is read here; what else there is goes through ffmpeg.
 */
export class TransportStream {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #now: () => Milliseconds;
  /** What it is read with from where it changed. */
  #rest: { readonly demuxer: Demuxer; readonly taken: readonly Taken[] } | null = null;

  constructor(stream: AsyncIterable<Uint8Array>, now: () => Milliseconds) {
    this.#pieces = stream[Symbol.asyncIterator]();
    this.#now = now;
  }

  /**
   * The next feed. It throws Changed where another one follows, Unusable where there is nothing to be taken, and
   * whatever the stream throws.
   */
  async *feed(): Feed {
    try {
      yield* this.#rest === null ? this.#enter() : this.#readOn(this.#rest);
    } finally {
      if (this.#rest === null) await this.#pieces.return?.();
    }
  }

  /** Nobody asks for another feed. */
  async close(): Promise<void> {
    this.#rest = null;
    await this.#pieces.return?.();
  }

  async *#enter(): Feed {
    const { codings, contents, start } = await this.#entered();
    if (codings !== null) {
      yield* this.#read(codings, start);
      return;
    }
    const { feed } = await remux({ inputArgs: INPUT_ARGS, input: this.#following(start), contents });
    yield* feed;
  }

  async #entered(): Promise<Entered> {
    const entrance = new Entrance(this.#now());
    for (;;) {
      const piece = await this.#pieces.next();
      if (piece.done) throw new Unusable('the transport stream ended before a key frame came');
      const entered = entrance.push(piece.value, this.#now());
      if (entered !== null) return entered;
    }
  }

  async *#following(start: Uint8Array): AsyncGenerator<Uint8Array, void> {
    yield start;
    for (let piece = await this.#pieces.next(); !piece.done; piece = await this.#pieces.next())
      yield piece.value;
  }

  #read(codings: Codings, start: Uint8Array): Feed {
    const demuxer = new Demuxer(codings);
    return this.#readOn({ demuxer, taken: demuxed(() => demuxer.push(start)) });
  }

  async *#readOn({ demuxer, taken }: { readonly demuxer: Demuxer; readonly taken: readonly Taken[] }): Feed {
    this.#rest = null;
    yield* this.#untilBreak(demuxer, taken);
    for (let piece = await this.#pieces.next(); !piece.done; piece = await this.#pieces.next()) {
      const { value } = piece;
      yield* this.#untilBreak(
        demuxer,
        demuxed(() => demuxer.push(value)),
      );
    }
    yield* this.#untilBreak(
      demuxer,
      demuxed(() => demuxer.flush()),
    );
  }

  *#untilBreak(demuxer: Demuxer, taken: readonly Taken[]): Iterable<Demuxed> {
    for (const [index, one] of taken.entries()) {
      if (one.kind !== 'break') yield one;
      else {
        this.#rest = { demuxer, taken: taken.slice(index + 1) };
        throw new Changed(one.reason);
      }
    }
  }
}

function demuxed(read: () => readonly Taken[]): readonly Taken[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedBox) throw new Unusable(`what was sent can't be taken: ${error.message}`);
    throw error;
  }
}

/** A transport stream that is one feed. It throws as a feed of TransportStream does. */
export const fromTransportStream = (stream: AsyncIterable<Uint8Array>, now: () => Milliseconds): Feed =>
  new TransportStream(stream, now).feed();
