import { u16 } from '../isobmff/writer.ts';
import { join } from '../join.ts';

/** Bytes of the length before each unit of an aggregate of H.264 or HEVC (RFC 6184 §5.7.1, RFC 7798 §4.4.2). */
const LENGTH_BYTES = 2;

/**
 * Groups units in their order: as many as fit into a payload of `maxBytes` together, each with its length behind a
 * head of `headBytes`. A unit that is too large for that is alone.
 */
export function grouped(
  units: readonly Uint8Array[],
  headBytes: number,
  maxBytes: number,
): readonly (readonly Uint8Array[])[] {
  const groups: Uint8Array[][] = [];
  let left = 0;
  for (const unit of units) {
    const bytes = LENGTH_BYTES + unit.byteLength;
    const group = groups.at(-1);
    if (group === undefined || bytes > left) {
      groups.push([unit]);
      left = maxBytes - headBytes - bytes;
    } else {
      group.push(unit);
      left -= bytes;
    }
  }
  return groups;
}

/** An aggregate: its head, then each unit behind its length. */
export const aggregate = (head: Uint8Array, units: readonly Uint8Array[]): Uint8Array =>
  join([head, ...units.flatMap((unit) => [u16(unit.byteLength), unit])]);
