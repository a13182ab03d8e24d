import type { Ticks } from '../time.ts';

export const VIDEO_STREAM = 0xe0;
export const AUDIO_STREAM = 0xc0;

/** Largest length that fits its 16 bits. Video that is longer says 0, "neither specified nor bounded". */
const LENGTH_MAX = 0xffff;

export type Pes = {
  readonly streamId: number;
  readonly pts: Ticks;
  readonly dts: Ticks;
  readonly parts: readonly Uint8Array[];
};

/** A PES packet (ISO/IEC 13818-1 §2.4.3.6) that starts with the start of an access unit. */
export function writePes({ streamId, pts, dts, parts }: Pes): Uint8Array {
  const times =
    pts === dts ? timestampBytes(0x2, pts) : [...timestampBytes(0x3, pts), ...timestampBytes(0x1, dts)];
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const length = 3 + times.length + size;
  const said = length > LENGTH_MAX && streamId === VIDEO_STREAM ? 0 : length;
  // Marker 10 and data_alignment_indicator; then which times there are, and how long they are.
  const flags = [0x84, pts === dts ? 0x80 : 0xc0, times.length];
  const header = [0, 0, 1, streamId, said >> 8, said & 0xff, ...flags, ...times];
  const bytes = new Uint8Array(header.length + size);
  bytes.set(header);
  let at = header.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** 33 bits in three pieces, each followed by a marker bit. They do not fit the bit operators of JavaScript. */
function timestampBytes(prefix: number, ticks: Ticks): number[] {
  const high = Math.floor(ticks / 2 ** 30);
  const middle = Math.floor(ticks / 2 ** 15) & 0x7fff;
  const low = ticks % 2 ** 15;
  return [
    (prefix << 4) | (high << 1) | 1,
    middle >> 7,
    ((middle << 1) & 0xff) | 1,
    low >> 7,
    ((low << 1) & 0xff) | 1,
  ];
}
