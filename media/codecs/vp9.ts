import { MalformedBox } from '../isobmff/box.ts';
import { isUsual } from './colour.ts';

/** Bytes of a `vpcC`'s version and flags, and of its record without initialisation data. */
const RECORD_BYTES = 12;

/** Chroma subsampling that a codec string leaves out: 4:2:0, its samples beside the luma samples. */
const USUAL_CHROMA = 1;

/** 4:2:0 whose chroma samples lie between lines. Decoders do not tell it from the usual one. */
const VERTICAL_CHROMA = 0;

/**
 * The codec string of a `vpcC` (VP Codec ISO Media File Format Binding v1.0, "Codecs Parameter String"):
 * `vp09.00.10.08` is profile, level and bit depth. Chroma and colour follow when they are not the usual ones: "all or
 * none" of them.
 */
export function codec(vpcC: Uint8Array): string {
  if (vpcC.byteLength < RECORD_BYTES) throw new MalformedBox('vpcC', 'cut short');
  const [version = 0, , , , profile = 0, level = 0, packed = 0, primaries = 0, transfer = 0, matrix = 0] =
    vpcC;
  if (version !== 1) throw new MalformedBox('vpcC', `version ${version}, not 1`);
  const chroma = (packed >> 1) & 7;
  const fullRange = (packed & 1) === 1;
  const short = ['vp09', ...[profile, level, packed >> 4].map(twoDigits)];
  const isUsualChroma = chroma === USUAL_CHROMA || chroma === VERTICAL_CHROMA;
  if (isUsualChroma && isUsual({ primaries, transfer, matrix, fullRange })) return short.join('.');
  return [...short, ...[chroma, primaries, transfer, matrix, fullRange ? 1 : 0].map(twoDigits)].join('.');
}

const twoDigits = (value: number) => String(value).padStart(2, '0');
