/** Parts of `bytes` in order, each of at most `maxBytes`, and as long as one another so that none is tiny. */
export function fragments(bytes: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.byteLength / maxBytes));
  const size = Math.ceil(bytes.byteLength / count);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
