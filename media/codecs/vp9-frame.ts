import { MalformedBox } from '../isobmff/box.ts';
import type { Size } from './avc-sps.ts';
import { Bits } from './bits.ts';

/** `frame_marker` and `frame_sync_code` (VP9 Bitstream & Decoding Process Specification §7.2). */
const MARKER = 2;
const SYNC_CODE = 0x49_83_42;

/** `color_space` of RGB (§7.2.2). */
const RGB = 7;

/** The size that a key frame says in its uncompressed header (§6.2); null for other frames. Throws MalformedBox. */
export function readSize(frame: Uint8Array): Size | null {
  const bits = new Bits(frame, 'VP9 frame');
  if (bits.read(2) !== MARKER) throw new MalformedBox('VP9 frame', 'has no marker');
  const profile = bits.read(1) + bits.read(1) * 2;
  if (profile === 3) bits.skip(1);
  const showsExisting = bits.flag();
  if (showsExisting) return null;
  const isInter = bits.flag();
  if (isInter) return null;
  bits.skip(2);
  if (bits.read(24) !== SYNC_CODE) throw new MalformedBox('VP9 frame', 'has no sync code');
  skipColour(bits, profile);
  return { width: bits.read(16) + 1, height: bits.read(16) + 1 };
}

/** `color_config` (§6.2.2). */
function skipColour(bits: Bits, profile: number): void {
  if (profile >= 2) bits.skip(1);
  const space = bits.read(3);
  const saysChroma = profile === 1 || profile === 3;
  if (space !== RGB) bits.skip(saysChroma ? 4 : 1);
  else if (saysChroma) bits.skip(1);
}
