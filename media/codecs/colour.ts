/** How colours are meant (ISO/IEC 23091-2): primaries, transfer characteristics, matrix coefficients, range. */
export type Colour = {
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
  readonly fullRange: boolean;
};

/** BT.709 in studio range: what codec strings that say nothing of colour stand for. */
export const USUAL_COLOUR: Colour = { primaries: 1, transfer: 1, matrix: 1, fullRange: false };

const UNSPECIFIED = 2;

/**
 * Whether a colour has to be said. An unspecified one (2) has not: players take it for BT.709, and so they do when a
 * codec string leaves it out.
 */
export const isUsual = ({ primaries, transfer, matrix, fullRange }: Colour) =>
  [primaries, transfer, matrix].every((value) => value === 1 || value === UNSPECIFIED) && !fullRange;

const NCLX = 0x6e_63_6c_78;

/** Reads the body of a `colr` box (ISO/IEC 14496-12 §12.1.5); null for ICC profiles and what is cut short. */
export function readColour(colr: Uint8Array): Colour | null {
  if (colr.byteLength < 11) return null;
  const view = new DataView(colr.buffer, colr.byteOffset, colr.byteLength);
  if (view.getUint32(0) !== NCLX) return null;
  return {
    primaries: view.getUint16(4),
    transfer: view.getUint16(6),
    matrix: view.getUint16(8),
    fullRange: (view.getUint8(10) & 0x80) !== 0,
  };
}
