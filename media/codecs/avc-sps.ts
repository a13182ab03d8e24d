import { MalformedBox } from '../isobmff/box.ts';
import { Bits, rawPayload } from './bits.ts';

/** Width and height of a picture as it is shown, in pixels. */
export type Size = { readonly width: number; readonly height: number };

/** `nal_unit_type` of a sequence parameter set (ISO/IEC 14496-10 table 7-1). */
const SEQUENCE_PARAMETERS = 7;

/** Profiles whose parameter sets say their chroma format; those of others mean 4:2:0 (§7.3.2.1.1). */
const WITH_CHROMA: ReadonlySet<number> = new Set([
  ...[100, 110, 122, 244, 44, 83, 86],
  ...[118, 128, 138, 139, 134, 135],
]);

/** `pic_order_cnt_type` 1 lists at most this many offsets (§7.4.2.1.1). */
const OFFSETS_MAX = 255;

/** Widest and highest picture that is taken: level 6.2 has none above. */
const SIDE_MAX = 16_384;

/** The size that a sequence parameter set says; the unit starts with its header. Throws MalformedBox. */
export const readSize = (unit: Uint8Array): Size => readStart(unit).size;

/**
 * How many pictures may be decoded before one that is shown before them (`max_num_reorder_frames`, annex E.2.1); null
 * where the parameter set does not say, which is up to the decoder then. Throws MalformedBox.
 */
export function readReorderDepth(unit: Uint8Array): number | null {
  const { bits, isInOrder } = readStart(unit);
  if (isInOrder) return 0;
  return bits.flag() ? readRestriction(bits) : null;
}

/** Profiles without pictures that are shown out of order: Baseline (annex A.2.1). */
const IN_ORDER_PROFILE = 66;

/** `pic_order_cnt_type` of pictures in the order of decoding (§7.4.2.1.1). */
const IN_ORDER_TYPE = 2;

/** A parameter set up to its `vui_parameters_present_flag`. */
function readStart(unit: Uint8Array) {
  if (((unit[0] ?? 0) & 0x1f) !== SEQUENCE_PARAMETERS) throw new MalformedBox('sps', 'another NAL unit');
  const bits = new Bits(rawPayload(unit.subarray(1)), 'sps');
  const chroma = readChroma(bits);
  bits.ue();
  const orderType = skipOrderCount(bits);
  bits.ue();
  bits.skip(1);
  const columns = (bits.ue() + 1) * 16;
  const mapUnits = (bits.ue() + 1) * 16;
  const isFrameOnly = bits.flag();
  if (!isFrameOnly) bits.skip(1);
  bits.skip(1);
  const rows = mapUnits * (isFrameOnly ? 1 : 2);
  const crop = bits.flag() ? readCrop(bits) : { across: 0, down: 0 };
  const unitHeight = chroma.cropHeight * (isFrameOnly ? 1 : 2);
  const size = checked({
    width: columns - crop.across * chroma.cropWidth,
    height: rows - crop.down * unitHeight,
  });
  return { bits, size, isInOrder: orderType === IN_ORDER_TYPE || unit[1] === IN_ORDER_PROFILE };
}

/** The `vui_parameters` (annex E.1.1) up to `max_num_reorder_frames`. */
function readRestriction(bits: Bits): number | null {
  if (bits.flag() && bits.read(8) === EXTENDED_ASPECT) bits.skip(32);
  if (bits.flag()) bits.skip(1);
  if (bits.flag()) skipSignalType(bits);
  if (bits.flag()) {
    bits.ue();
    bits.ue();
  }
  if (bits.flag()) bits.skip(65);
  const hasDecoderModels = [bits.flag() && skipDecoderModel(bits), bits.flag() && skipDecoderModel(bits)];
  if (hasDecoderModels.includes(true)) bits.skip(1);
  bits.skip(1);
  if (!bits.flag()) return null;
  bits.skip(1);
  for (let field = 0; field < 4; field++) bits.ue();
  return Math.min(bits.ue(), REORDER_MAX);
}

/** `aspect_ratio_idc` of an aspect ratio in numbers (table E-1). */
const EXTENDED_ASPECT = 255;

/** A decoder holds 16 pictures at most (annex A.3.1). */
const REORDER_MAX = 16;

function skipSignalType(bits: Bits): void {
  bits.skip(4);
  if (bits.flag()) bits.skip(24);
}

/** Pictures may come on at most 32 schedules (annex E.2.2). */
const SCHEDULES_MAX = 32;

/** The `hrd_parameters` (annex E.1.2). */
function skipDecoderModel(bits: Bits): true {
  const count = bits.ue() + 1;
  if (count > SCHEDULES_MAX) throw new MalformedBox('sps', `${count} schedules`);
  bits.skip(8);
  for (let index = 0; index < count; index++) {
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  bits.skip(20);
  return true;
}

function checked(size: Size): Size {
  const isPossible = [size.width, size.height].every((side) => side > 0 && side <= SIDE_MAX);
  if (!isPossible) throw new MalformedBox('sps', `a picture of ${size.width}×${size.height}`);
  return size;
}

/** Up to `log2_max_frame_num_minus4`. Cropping counts in samples of chroma (table 6-1). */
function readChroma(bits: Bits): { readonly cropWidth: number; readonly cropHeight: number } {
  const profile = bits.read(8);
  bits.skip(16);
  bits.ue();
  if (!WITH_CHROMA.has(profile)) return { cropWidth: 2, cropHeight: 2 };
  const format = bits.ue();
  const isSeparate = format === 3 && bits.flag();
  bits.ue();
  bits.ue();
  bits.skip(1);
  if (bits.flag()) skipScaling(bits, format === 3 ? 12 : 8);
  return {
    cropWidth: !isSeparate && (format === 1 || format === 2) ? 2 : 1,
    cropHeight: !isSeparate && format === 1 ? 2 : 1,
  };
}

/** Scaling lists (§7.3.2.1.1.1): six of 16 values, then those of 64. */
function skipScaling(bits: Bits, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (!bits.flag()) continue;
    let last = 8;
    let next = 8;
    for (let index = 0; index < (list < 6 ? 16 : 64); index++) {
      if (next !== 0) next = (last + bits.se() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

function skipOrderCount(bits: Bits): number {
  const type = bits.ue();
  if (type === 0) bits.ue();
  if (type !== 1) return type;
  bits.skip(1);
  bits.se();
  bits.se();
  const count = bits.ue();
  if (count > OFFSETS_MAX) throw new MalformedBox('sps', `${count} offsets`);
  for (let index = 0; index < count; index++) bits.se();
  return type;
}

function readCrop(bits: Bits): { readonly across: number; readonly down: number } {
  const left = bits.ue();
  const right = bits.ue();
  const top = bits.ue();
  return { across: left + right, down: top + bits.ue() };
}
