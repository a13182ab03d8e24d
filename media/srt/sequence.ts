/** Number of a data packet, 31 bits, counted on from a random start (draft-sharabayko-srt §3.1). */
export type Sequence = number;

export const SEQUENCE_MASK = 0x7fff_ffff;

/** How far `to` lies behind `from`, by the shorter way round: below 0 where it lies before. */
export const distance = (from: Sequence, to: Sequence): number => ((to - from) << 1) >> 1;

/** Both ends belong to it. */
export type SequenceRange = { readonly first: Sequence; readonly last: Sequence };

/** Marks the first of two numbers that stand for a range. */
const RANGE = 0x8000_0000;

/** Reads the list of a loss report (draft-sharabayko-srt appendix A); null when it is none. */
export function parseRanges(body: DataView): SequenceRange[] | null {
  const ranges: SequenceRange[] = [];
  for (let at = 0; at + 4 <= body.byteLength; at += 4) {
    const word = body.getUint32(at);
    const first = word & SEQUENCE_MASK;
    if (word < RANGE) {
      ranges.push({ first, last: first });
      continue;
    }
    at += 4;
    if (at + 4 > body.byteLength) return null;
    const last = body.getUint32(at);
    if (last >= RANGE) return null;
    ranges.push({ first, last });
  }
  return ranges;
}

/** The words of a loss report, `wordsMax` at most: what does not fit is told by the next one. */
export function printRanges(ranges: readonly SequenceRange[], wordsMax: number): number[] {
  const words: number[] = [];
  for (const { first, last } of ranges) {
    const coded = first === last ? [first] : [(RANGE | first) >>> 0, last];
    if (words.length + coded.length > wordsMax) break;
    words.push(...coded);
  }
  return words;
}
