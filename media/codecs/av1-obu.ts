import { MalformedBox } from '../isobmff/box.ts';
import { join } from '../join.ts';
import { readLeb128, writeLeb128 } from './leb128.ts';

/** `obu_type` (AV1 Bitstream & Decoding Process Specification §6.2.2). */
export const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
export const FRAME_HEADER = 3;
const TILE_LIST = 8;
export const FRAME = 6;
const PADDING = 15;

/** OBUs that neither a sample holds (AV1 Codec ISO Media File Format Binding §2.4) nor RTP. */
export const LEFT_OUT: ReadonlySet<number> = new Set([TEMPORAL_DELIMITER, TILE_LIST, PADDING]);

const HAS_EXTENSION = 0x04;
const HAS_SIZE = 0x02;

/** An open bitstream unit. */
export type Obu = {
  readonly type: number;
  /** One byte, or two with the extension; the flag for a size is not set. */
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
};

/** Reads an OBU that fills its bytes, with or without a size field (§5.3). Throws MalformedBox. */
export function readObu(bytes: Uint8Array): Obu {
  const first = bytes[0];
  if (first === undefined || first & 0x80) throw new MalformedBox('OBU', 'no header');
  const headerBytes = first & HAS_EXTENSION ? 2 : 1;
  const header = bytes.slice(0, headerBytes);
  header[0] = first & ~HAS_SIZE;
  if (header.byteLength < headerBytes) throw new MalformedBox('OBU', 'cut short');
  const type = (first >> 3) & 0xf;
  if (!(first & HAS_SIZE)) return { type, header, payload: bytes.subarray(headerBytes) };
  const size = readLeb128(bytes, headerBytes);
  if (size === null || size.end + size.value > bytes.byteLength) throw new MalformedBox('OBU', 'cut short');
  return { type, header, payload: bytes.subarray(size.end, size.end + size.value) };
}

/** The OBUs of a sample, of which each has its size but the last may go without (§5.3.1). Throws MalformedBox. */
export function readObus(bytes: Uint8Array): Obu[] {
  const obus: Obu[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const obu = readObu(bytes.subarray(at));
    obus.push(obu);
    at = obu.payload.byteOffset - bytes.byteOffset + obu.payload.byteLength;
  }
  return obus;
}

/** An OBU with its size, as samples hold it (AV1 Codec ISO Media File Format Binding §2.4). */
export function writeObu({ header, payload }: Obu): Uint8Array {
  const sized = Uint8Array.from(header);
  sized[0] = (sized[0] ?? 0) | HAS_SIZE;
  return join([sized, writeLeb128(payload.byteLength), payload]);
}
