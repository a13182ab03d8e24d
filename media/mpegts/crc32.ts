const POLYNOMIAL = 0x04c1_1db7;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit++) rest = rest & 0x8000_0000 ? (rest << 1) ^ POLYNOMIAL : rest << 1;
  return rest >>> 0;
});

/** The CRC of a section (ISO/IEC 13818-1 annex A): over a section that ends with it, it is 0. */
export function crc32(bytes: Uint8Array): number {
  let rest = 0xffff_ffff;
  for (const byte of bytes) rest = ((rest << 8) ^ (TABLE[(rest >>> 24) ^ byte] ?? 0)) >>> 0;
  return rest;
}
