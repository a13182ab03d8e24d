import type { Segment } from '../timeline.ts';

/** Segments of a page: few enough that those outside whole pages cost little, enough that a day is few pages. */
const PAGE_SEGMENTS = 256;

type Page = { readonly last: Segment; readonly text: string };

/** Pushes lines of the segment at an index. */
type Push = (lines: string[], index: number) => void;

/** How a form of playlist lists a segment: what stands before it when it is the first or after a break, and itself. */
export type Listing = { readonly pushHead: Push; readonly pushBody: Push };

/**
 * The text of segments that were listed before. A playlist of a day has 43,200 of them, and with each chunk it is
 * another; but only what is at its two ends changes. Pages start where a segment's number is a multiple of their
 * length, so that they stay the same while the window moves. One serves all timelines, for one form of playlist.
 */
export class Pages {
  readonly #pages = new WeakMap<Segment, Page>();

  /**
   * Pushes the lines of the segments from index `from` to below `to`, whole pages as one string. What stands before the
   * first segment of a page depends on whether it is listed first, and is no part of the page.
   */
  push(
    lines: string[],
    segments: readonly Segment[],
    [from, to]: readonly [from: number, to: number],
    listing: Listing,
  ): void {
    for (let index = from; index < to; ) {
      listing.pushHead(lines, index);
      const end = endOfPage(segments, index, to);
      const first = segments[index];
      const last = segments[end - 1];
      if (first === undefined || last === undefined) return;
      if (first === last) listing.pushBody(lines, index);
      else lines.push(this.#text(first, last, () => print(index, end, listing)));
      index = end;
    }
  }

  /** Timelines only grow at their end: between the same two segments lie the same. */
  #text(first: Segment, last: Segment, print: () => string): string {
    const known = this.#pages.get(first);
    if (known?.last === last) return known.text;
    const text = print();
    this.#pages.set(first, { last, text });
    return text;
  }
}

/** Behind the page that starts at an index, or behind that one segment where no whole page does. */
function endOfPage(segments: readonly Segment[], index: number, to: number): number {
  const first = segments[index]?.number ?? 0;
  const end = index + PAGE_SEGMENTS;
  const isWhole =
    first % PAGE_SEGMENTS === 0 && end <= to && segments[end - 1]?.number === first + PAGE_SEGMENTS - 1;
  return isWhole ? end : index + 1;
}

function print(from: number, to: number, { pushHead, pushBody }: Listing): string {
  const lines: string[] = [];
  for (let index = from; index < to; index++) {
    if (index > from) pushHead(lines, index);
    pushBody(lines, index);
  }
  return lines.join('\n');
}
