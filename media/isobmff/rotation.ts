import type { Part } from './writer.ts';
import { u32 } from './writer.ts';

/** By how many degrees a picture is turned clockwise before it is shown; 0 where it is shown as it is coded. */
export type Rotation = 0 | 90 | 180 | 270;

export type Size = { readonly width: number; readonly height: number };

/** Bytes of a transformation matrix (ISO/IEC 14496-12 §8.2.2). */
export const MATRIX_BYTES = 36;

const ONE = 0x1_0000;

/** What the last column of a matrix always says: 0, 0 and 1 in 2.30 fixed point. */
const LAST = 0x4000_0000;

/** a, b, c and d of a matrix, in whole numbers. */
const TURNS: Readonly<Record<Rotation, readonly [a: number, b: number, c: number, d: number]>> = {
  0: [1, 0, 0, 1],
  90: [0, 1, -1, 0],
  180: [-1, 0, 0, -1],
  270: [0, -1, 1, 0],
};

/** Reads the matrix at `at` (§8.3.2). One that mirrors, scales or turns by other angles is taken for none. */
export function readRotation(view: DataView, at: number): Rotation {
  const found = [0, 4, 12, 16].map((offset) => Math.sign(view.getInt32(at + offset)));
  const isSame = (rotation: Rotation) => TURNS[rotation].every((value, index) => value === found[index]);
  return ([90, 180, 270] as const).find(isSame) ?? 0;
}

/** The matrix that turns pictures of `size`, and moves them back to where they are seen. */
export function writeMatrix(rotation: Rotation, { width, height }: Size): Part {
  const [a, b, c, d] = TURNS[rotation].map((value) => (value * ONE) >>> 0);
  const x = rotation === 90 ? height : rotation === 180 ? width : 0;
  const y = rotation === 180 ? height : rotation === 270 ? width : 0;
  return u32(a ?? 0, b ?? 0, 0, c ?? 0, d ?? 0, 0, (x * ONE) >>> 0, (y * ONE) >>> 0, LAST);
}

/** How large pictures are when they are turned. */
export const turned = (rotation: Rotation, { width, height }: Size): Size =>
  rotation === 90 || rotation === 270 ? { width: height, height: width } : { width, height };
