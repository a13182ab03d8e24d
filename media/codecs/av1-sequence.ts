import { readObus, SEQUENCE_HEADER } from './av1-obu.ts';
import type { Size } from './avc-sps.ts';
import { Bits } from './bits.ts';

/** Bytes of an `av1C` before its OBUs (AV1 Codec ISO Media File Format Binding §2.3.3). */
export const AV1C_BYTES = 4;

/** What of a sequence header a configuration record repeats. */
export type Sequence = Size & {
  readonly profile: number;
  /** Of the first operating point. */
  readonly level: number;
  readonly tier: number;
  readonly isHighBitDepth: boolean;
  readonly isTwelveBit: boolean;
  readonly isMonochrome: boolean;
  readonly subsamplingX: boolean;
  readonly subsamplingY: boolean;
  readonly chromaPosition: number;
};

/** `MC_IDENTITY` with BT.709 primaries and the sRGB transfer: red, green and blue (§6.4.2). */
const RGB = [1, 13, 0].join();

/**
 * Reads the payload of a sequence header OBU (AV1 Bitstream & Decoding Process Specification §5.5). Throws
 * MalformedBox.
 */
export function readSequence(payload: Uint8Array): Sequence {
  const bits = new Bits(payload, 'AV1 sequence header');
  const profile = bits.read(3);
  bits.skip(1);
  const isReduced = bits.flag();
  const point = isReduced ? { level: bits.read(5), tier: 0 } : readPoints(bits);
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  const width = bits.read(widthBits) + 1;
  const height = bits.read(heightBits) + 1;
  if (!isReduced && bits.flag()) bits.skip(7);
  bits.skip(3);
  if (!isReduced) skipTools(bits);
  bits.skip(3);
  return { profile, ...point, width, height, ...readColour(bits, profile) };
}

type Point = { readonly level: number; readonly tier: number };

function readPoints(bits: Bits): Point {
  const delayBits = bits.flag() ? readTiming(bits) : null;
  const hasDisplayDelay = bits.flag();
  const count = bits.read(5) + 1;
  const points = Array.from({ length: count }, () => readPoint(bits, delayBits, hasDisplayDelay));
  return points[0] ?? { level: 0, tier: 0 };
}

/** The bits of a buffer's delay where there is a decoder model, or null (§5.5.3, §5.5.4). */
function readTiming(bits: Bits): number | null {
  bits.skip(64);
  if (bits.flag()) bits.ue();
  if (!bits.flag()) return null;
  const delayBits = bits.read(5) + 1;
  bits.skip(42);
  return delayBits;
}

function readPoint(bits: Bits, delayBits: number | null, hasDisplayDelay: boolean): Point {
  bits.skip(12);
  const level = bits.read(5);
  const tier = level > 7 ? bits.read(1) : 0;
  if (delayBits !== null && bits.flag()) bits.skip(2 * delayBits + 1);
  if (hasDisplayDelay && bits.flag()) bits.skip(4);
  return { level, tier };
}

/** From `enable_interintra_compound` to `order_hint_bits_minus_1`. */
function skipTools(bits: Bits): void {
  bits.skip(4);
  const hasOrderHint = bits.flag();
  if (hasOrderHint) bits.skip(2);
  const choosesScreenTools = bits.flag();
  const forcesScreenTools = choosesScreenTools || bits.flag();
  if (forcesScreenTools && !bits.flag()) bits.skip(1);
  if (hasOrderHint) bits.skip(3);
}

/** §5.5.2. */
function readColour(bits: Bits, profile: number) {
  const isHighBitDepth = bits.flag();
  const isTwelveBit = profile === 2 && isHighBitDepth && bits.flag();
  const isMonochrome = profile !== 1 && bits.flag();
  const described = bits.flag() ? [bits.read(8), bits.read(8), bits.read(8)].join() : '';
  const depth = { isHighBitDepth, isTwelveBit, isMonochrome };
  if (isMonochrome) return { ...depth, subsamplingX: true, subsamplingY: true, chromaPosition: 0 };
  if (described === RGB) return { ...depth, subsamplingX: false, subsamplingY: false, chromaPosition: 0 };
  bits.skip(1);
  const [subsamplingX, subsamplingY] = readSubsampling(bits, profile, isTwelveBit);
  const chromaPosition = subsamplingX && subsamplingY ? bits.read(2) : 0;
  return { ...depth, subsamplingX, subsamplingY, chromaPosition };
}

function readSubsampling(bits: Bits, profile: number, isTwelveBit: boolean): readonly [boolean, boolean] {
  if (profile === 0) return [true, true];
  if (profile === 1) return [false, false];
  if (!isTwelveBit) return [true, false];
  const across = bits.flag();
  return [across, across && bits.flag()];
}

/** The largest size of a sequence, from the first sequence header among OBUs; null where there is none. Throws MalformedBox. */
export function readSize(obus: Uint8Array): Size | null {
  const header = readObus(obus).find(({ type }) => type === SEQUENCE_HEADER);
  if (header === undefined) return null;
  const { width, height } = readSequence(header.payload);
  return { width, height };
}

/** The body of an `av1C` (AV1 Codec ISO Media File Format Binding §2.3); `obu` is the sequence header, with its size. */
export function writeConfiguration(sequence: Sequence, obu: Uint8Array): Uint8Array {
  const { profile, level, tier, isHighBitDepth, isTwelveBit, isMonochrome } = sequence;
  const flags = [isHighBitDepth, isTwelveBit, isMonochrome, sequence.subsamplingX, sequence.subsamplingY];
  const packed = flags.reduce((sum, flag) => sum * 2 + Number(flag), tier) * 4 + sequence.chromaPosition;
  return Uint8Array.of(0x81, (profile << 5) | level, packed, 0, ...obu);
}
