/** Bytes of the longest code (AV1 Bitstream & Decoding Process Specification §4.10.5). */
const BYTES_MAX = 8;

/** A `leb128()` number at `at`, and where it ends; null for one that is cut short or is not below 2^32. */
export function readLeb128(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly end: number } | null {
  let value = 0;
  for (let index = 0; index < BYTES_MAX; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value < 2 ** 32 ? { value, end: at + index + 1 } : null;
  }
  return null;
}

/** A number as `leb128()`, in as few bytes as it needs. */
export function writeLeb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  do {
    bytes.push((left % 128) + (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Uint8Array.from(bytes);
}
