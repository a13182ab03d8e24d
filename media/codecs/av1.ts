import { MalformedBox } from '../isobmff/box.ts';
import { type Colour, isUsual, USUAL_COLOUR } from './colour.ts';

/** `marker` 1 and `version` 1 (AV1 Codec ISO Media File Format Binding v1.2.0 §2.3.3). */
const FIRST_BYTE = 0x81;

/** 4:2:0, which a codec string leaves out. Where its chroma samples lie is no question of who can decode it. */
const USUAL_CHROMA = /^11/;

/**
 * The codec string of an `av1C` (the same binding, §5): `av01.0.04M.08` is profile, level, tier and bit depth.
 * Monochrome, chroma and colour follow when they are not the usual ones: all of them or none.
 */
export function codec(av1C: Uint8Array, colour: Colour | null): string {
  const [first, profileLevel, flags, last] = av1C;
  if (profileLevel === undefined || flags === undefined || last === undefined)
    throw new MalformedBox('av1C', 'cut short');
  if (first !== FIRST_BYTE) throw new MalformedBox('av1C', 'of another version');
  const profile = profileLevel >> 5;
  const tier = flags & 0x80 ? 'H' : 'M';
  const short = ['av01', profile, twoDigits(profileLevel & 0x1f) + tier, twoDigits(bitDepth(profile, flags))];
  const isMonochrome = (flags & 0x10) !== 0;
  const chroma = chromaDigits(flags);
  const known = colour ?? USUAL_COLOUR;
  if (!isMonochrome && USUAL_CHROMA.test(chroma) && isUsual(known)) return short.join('.');
  const { primaries, transfer, matrix, fullRange } = known;
  const said = [primaries, transfer, matrix].map(twoDigits);
  return [...short, isMonochrome ? 1 : 0, chroma, ...said, fullRange ? 1 : 0].join('.');
}

/** `high_bitdepth` and, in profile 2 only, `twelve_bit` (AV1 Bitstream & Decoding Process Specification §5.5.2). */
function bitDepth(profile: number, flags: number): number {
  if (!(flags & 0x40)) return 8;
  return profile === 2 && flags & 0x20 ? 12 : 10;
}

/** Subsampling in x and y; the position of chroma samples only where both are subsampled. */
function chromaDigits(flags: number): string {
  const x = (flags >> 3) & 1;
  const y = (flags >> 2) & 1;
  return `${x}${y}${x === 1 && y === 1 ? flags & 3 : 0}`;
}

const twoDigits = (value: number) => String(value).padStart(2, '0');
