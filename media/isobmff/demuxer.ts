import { type Box, MalformedBox } from './box.ts';
import { readFragment, type TrackRun } from './fragment.ts';
import { type MovieTrack, readMovie } from './movie.ts';
import { BoxSplitter, type WholeBox } from './splitter.ts';

/** What a fragmented file says, in order. */
export type Demuxed =
  | { readonly kind: 'movie'; readonly tracks: readonly MovieTrack[] }
  | { readonly kind: 'samples'; readonly runs: readonly TrackRun[] };

/** Largest box read: a key frame of 8K video in one fragment stays below it. */
const BOX_MAX_BYTES = 64 * 1024 * 1024;

/** Reads fragmented MP4 from a pipe. Throws MalformedBox; it is of no use afterwards. */
export class Demuxer {
  readonly #splitter = new BoxSplitter(BOX_MAX_BYTES);
  #tracks: readonly MovieTrack[] = [];
  #moof: { readonly bytes: Uint8Array; readonly box: Box } | null = null;

  /** Takes the next bytes; gives what they complete. */
  push(bytes: Uint8Array): Demuxed[] {
    return this.#splitter.push(bytes).flatMap((whole) => this.#readWhole(whole) ?? []);
  }

  /** A field that would lie behind the end of its bytes is a RangeError of DataView. */
  #readWhole(whole: WholeBox): Demuxed | null {
    try {
      return this.#read(whole);
    } catch (error) {
      if (error instanceof RangeError) throw new MalformedBox(whole.type, 'a box in it is cut short');
      throw error;
    }
  }

  #read({ type, bytes, box }: WholeBox): Demuxed | null {
    switch (type) {
      case 'moov':
        this.#tracks = readMovie(bytes, box);
        return { kind: 'movie', tracks: this.#tracks };
      case 'moof':
        this.#moof = { bytes, box };
        return null;
      case 'mdat':
        return this.#readMedia(bytes);
      default:
        return null;
    }
  }

  #readMedia(mdat: Uint8Array): Demuxed {
    if (this.#moof === null) throw new MalformedBox('mdat', 'has no moof before it');
    const runs = readFragment(this.#moof.bytes, this.#moof.box, mdat, this.#tracks);
    this.#moof = null;
    return { kind: 'samples', runs };
  }
}
