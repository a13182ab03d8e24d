import { MalformedBox } from '../isobmff/box.ts';
import type { Size } from './avc-sps.ts';
import { Bits, rawPayload } from './bits.ts';

/** `nal_unit_type` of a sequence parameter set (ISO/IEC 23008-2 table 7-1). */
const SEQUENCE_PARAMETERS = 33;

/** Bytes of an HEVCDecoderConfigurationRecord before its arrays (ISO/IEC 14496-15 §8.3.2.1.2). */
const RECORD_BYTES = 22;

/** Bits of `general_profile_space` to the reserved ones, and with the level (ISO/IEC 23008-2 §7.3.3). */
const PROFILE_BITS = 88;
const LEVEL_BITS = 8;

/** Level 6.2 has no wider or higher picture. */
const SIDE_MAX = 16_888;

/** The size that a record's first sequence parameter set says; null where it has none. Throws MalformedBox. */
export function readRecordSize(hvcC: Uint8Array): Size | null {
  const arrays = hvcC[RECORD_BYTES] ?? 0;
  let at = RECORD_BYTES + 1;
  for (let array = 0; array < arrays; array++) {
    const type = (hvcC[at] ?? 0) & 0x3f;
    const count = word(hvcC, at + 1);
    at += 3;
    for (let index = 0; index < count; index++) {
      const end = at + 2 + word(hvcC, at);
      if (end > hvcC.byteLength) throw new MalformedBox('hvcC', 'cut short');
      if (type === SEQUENCE_PARAMETERS) return readSize(hvcC.subarray(at + 2, end));
      at = end;
    }
  }
  return null;
}

const word = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** What a sequence parameter set says of its pictures (§7.3.2.2.1). */
export type Sequence = {
  readonly size: Size;
  /** `general_profile_space` up to `general_level_idc`: 12 bytes. */
  readonly profile: Uint8Array;
  /** Temporal sub-layers, and whether each nests in the one below. */
  readonly subLayers: number;
  readonly isNested: boolean;
  /** `chroma_format_idc`. */
  readonly chroma: number;
  /** Bits beyond 8 of luma and chroma. */
  readonly lumaDepth: number;
  readonly chromaDepth: number;
  /** How many pictures may be decoded before one that is shown before them. */
  readonly reorderDepth: number;
};

/** The size that a sequence parameter set says; the unit starts with its header. Throws MalformedBox. */
export const readSize = (unit: Uint8Array): Size => readStart(unit).size;

/** Reads a sequence parameter set; the unit starts with its header. Throws MalformedBox. */
export function readSequence(unit: Uint8Array): Sequence {
  const { bits, ...start } = readStart(unit);
  const lumaDepth = bits.ue();
  const chromaDepth = bits.ue();
  if (start.chroma > CHROMA_MAX || Math.max(lumaDepth, chromaDepth) > DEPTH_MAX)
    throw new MalformedBox('sps', 'a format of samples that there is not');
  bits.ue();
  const reorderDepth = readReorderDepth(bits, start.subLayers);
  return { ...start, lumaDepth, chromaDepth, reorderDepth };
}

/** `chroma_format_idc` 4:4:4, and 16 bits (§7.4.3.2.1); a record has room for no more. */
const CHROMA_MAX = 3;
const DEPTH_MAX = 7;

/** A decoder holds 16 pictures at most (annex A.4.2). */
const REORDER_MAX = 16;

/** `sps_max_num_reorder_pics` of the highest sub-layer. */
function readReorderDepth(bits: Bits, subLayers: number): number {
  const isEachSaid = bits.flag();
  let depth = 0;
  for (let layer = isEachSaid ? 0 : subLayers - 1; layer < subLayers; layer++) {
    bits.ue();
    depth = bits.ue();
    bits.ue();
  }
  return Math.min(depth, REORDER_MAX);
}

/** A parameter set up to the depths of its samples. */
function readStart(unit: Uint8Array) {
  if ((((unit[0] ?? 0) >> 1) & 0x3f) !== SEQUENCE_PARAMETERS)
    throw new MalformedBox('sps', 'another NAL unit');
  const payload = rawPayload(unit.subarray(2));
  const bits = new Bits(payload, 'sps');
  bits.skip(4);
  const subLayers = bits.read(3) + 1;
  const isNested = bits.flag();
  const profile = payload.slice(1, 1 + (PROFILE_BITS + LEVEL_BITS) / 8);
  skipProfiles(bits, subLayers - 1);
  bits.ue();
  const chroma = bits.ue();
  const isSeparate = chroma === 3 && bits.flag();
  const columns = bits.ue();
  const rows = bits.ue();
  const { across, down } = bits.flag() ? readWindow(bits) : { across: 0, down: 0 };
  const width = columns - across * (!isSeparate && (chroma === 1 || chroma === 2) ? 2 : 1);
  const height = rows - down * (!isSeparate && chroma === 1 ? 2 : 1);
  const isPossible = [width, height].every((side) => side > 0 && side <= SIDE_MAX);
  if (!isPossible) throw new MalformedBox('sps', `a picture of ${width}×${height}`);
  return { bits, size: { width, height }, profile, subLayers, isNested, chroma };
}

/** `profile_tier_level` (§7.3.3): the general one, then those of the sub-layers that say theirs. */
function skipProfiles(bits: Bits, subLayers: number): void {
  bits.skip(PROFILE_BITS + LEVEL_BITS);
  const present = Array.from({ length: subLayers }, () => [bits.flag(), bits.flag()] as const);
  if (subLayers > 0) bits.skip((8 - subLayers) * 2);
  for (const [profile, level] of present) {
    if (profile) bits.skip(PROFILE_BITS);
    if (level) bits.skip(LEVEL_BITS);
  }
}

function readWindow(bits: Bits): { readonly across: number; readonly down: number } {
  const left = bits.ue();
  const right = bits.ue();
  const top = bits.ue();
  return { across: left + right, down: top + bits.ue() };
}
