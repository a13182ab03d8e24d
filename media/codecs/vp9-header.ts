import { MalformedBox } from '../isobmff/box.ts';
import type { Size } from './avc-sps.ts';
import { Bits } from './bits.ts';

/** What the uncompressed header of a frame says. */
export type FrameHeader =
  | { readonly kind: 'key'; readonly key: KeyFrame }
  /** Needs frames before it, or shows one of them again. */
  | { readonly kind: 'inter' };

export type KeyFrame = Size & {
  readonly profile: number;
  readonly bitDepth: 8 | 10 | 12;
  /** As a `vpcC` counts it: 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chroma: 1 | 2 | 3;
  readonly fullRange: boolean;
  /** `color_space`: 1 is BT.601, 2 is BT.709, 7 is RGB. */
  readonly colourSpace: number;
};

const SYNC_CODE = 0x498342;
const RGB = 7;

/** Reads the start of a frame (VP9 Bitstream & Decoding Process Specification v0.6 §6.2). Throws MalformedBox. */
export function readFrameHeader(frame: Uint8Array): FrameHeader {
  const bits = new Bits(frame, 'VP9 frame');
  if (bits.read(2) !== 2) throw new MalformedBox('VP9 frame', 'no frame marker');
  const profile = bits.read(1) + bits.read(1) * 2;
  if (profile === 3) bits.skip(1);
  const showsAnother = bits.flag();
  if (showsAnother || bits.flag()) return { kind: 'inter' };
  bits.skip(2);
  if (bits.read(24) !== SYNC_CODE) throw new MalformedBox('VP9 frame', 'no sync code');
  const colour = readColour(bits, profile);
  const width = bits.read(16) + 1;
  return { kind: 'key', key: { profile, ...colour, width, height: bits.read(16) + 1 } };
}

/** The size that a key frame says; null for other frames. Throws MalformedBox. */
export function readSize(frame: Uint8Array): Size | null {
  const header = readFrameHeader(frame);
  return header.kind === 'key' ? { width: header.key.width, height: header.key.height } : null;
}

/** §6.2.2. */
function readColour(bits: Bits, profile: number): Omit<KeyFrame, 'profile' | 'width' | 'height'> {
  const bitDepth = profile < 2 ? 8 : bits.flag() ? 12 : 10;
  const colourSpace = bits.read(3);
  if (colourSpace === RGB) {
    if (profile % 2 === 1) bits.skip(1);
    return { bitDepth, colourSpace, fullRange: true, chroma: 3 };
  }
  const fullRange = bits.flag();
  if (profile % 2 === 0) return { bitDepth, colourSpace, fullRange, chroma: 1 };
  const across = bits.flag();
  const down = bits.flag();
  bits.skip(1);
  return { bitDepth, colourSpace, fullRange, chroma: across ? (down ? 1 : 2) : 3 };
}

/** The most luma samples of a picture, by level times ten (VP9 levels, webmproject.org/vp9/levels). */
const LEVELS = [
  [36_864, 10],
  [73_728, 11],
  [122_880, 20],
  [245_760, 21],
  [552_960, 30],
  [983_040, 31],
  [2_228_224, 41],
  [8_912_896, 51],
  [35_651_584, 61],
] as const;

/** Colours by `color_space`, as ISO/IEC 23091-2 counts primaries, transfer and matrix; unspecified for others. */
const COLOURS: Readonly<Record<number, readonly [number, number, number]>> = {
  1: [6, 6, 6],
  2: [1, 1, 1],
  3: [6, 6, 6],
  4: [7, 7, 7],
  5: [9, 14, 9],
  7: [1, 13, 0],
};

/**
 * The body of a `vpcC`, version and flags included (VP Codec ISO Media File Format Binding v1.0). Its level is the
 * least that holds pictures of this size: how many come in a second is not known from one of them.
 */
export function writeConfiguration(key: KeyFrame): Uint8Array {
  const level = LEVELS.find(([samples]) => key.width * key.height <= samples)?.[1] ?? 62;
  const packed = (key.bitDepth << 4) | (key.chroma << 1) | Number(key.fullRange);
  const colour = COLOURS[key.colourSpace] ?? [2, 2, 2];
  return Uint8Array.of(1, 0, 0, 0, key.profile, level, packed, ...colour, 0, 0);
}
