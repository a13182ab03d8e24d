import type { Tag } from './lines.ts';

/** §4.4.4.2; an offset that is not written is that behind the range before. */
export type ByteRange = { readonly length: number; readonly offset: number | null };

/** Reads `<n>[@<o>]`, quoted or not. */
export function byteRange(value: string): ByteRange {
  const [length = '0', offset] = value.replaceAll('"', '').split('@');
  return { length: Number(length), offset: offset === undefined ? null : Number(offset) };
}

/** §4.4.4.9. */
export type Part = {
  readonly uri: string;
  /** Seconds. */
  readonly duration: number;
  readonly independent: boolean;
  readonly gap: boolean;
  readonly range: ByteRange | null;
  /** As written. */
  readonly tag: Tag;
};

export type Segment = {
  /** Its Media Sequence Number. */
  readonly number: number;
  readonly discontinuitySequence: number;
  readonly uri: string;
  /** Seconds. */
  readonly duration: number;
  readonly range: ByteRange | null;
  readonly map: { readonly uri: string; readonly range: ByteRange | null } | null;
  /** The EXT-X-KEY tags that apply, as written. */
  readonly keys: readonly string[];
  /** Of an EXT-X-PROGRAM-DATE-TIME tag of its own, milliseconds since 1970. */
  readonly dateTime: number | null;
  readonly discontinuity: boolean;
  readonly gap: boolean;
  readonly parts: readonly Part[];
  /** Its tags, in the order in which they stand. */
  readonly tags: readonly Tag[];
};

/** The segment that has parts, and no URI yet. */
export type OpenSegment = Pick<
  Segment,
  'number' | 'discontinuitySequence' | 'map' | 'keys' | 'dateTime' | 'discontinuity' | 'parts' | 'tags'
>;
