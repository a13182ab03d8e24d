/** A chunk's basic and message header, and its extended timestamp, as they were sent (Adobe RTMP 1.0 §5.3.1). */
export type ChunkHeader = {
  /** 0 to 3: how much of the message header is there. */
  readonly format: number;
  readonly chunkStream: number;
  /** A time for format 0, a difference for 1 and 2; null for 3. */
  readonly time: number | null;
  readonly isExtended: boolean;
  /** Of the message; null where it is as before. */
  readonly length: number | null;
  readonly type: number | null;
  readonly streamId: number | null;
};

/** The longest: 3 bytes basic, 11 of the message, 4 of the time. */
export const HEADER_MAX_BYTES = 18;

/** Bytes of a message header by format (§5.3.1.2). */
const MESSAGE_BYTES = [11, 7, 3, 0] as const;

/** "the extended timestamp field is present" (§5.3.1.3). */
const EXTENDED = 0xff_ff_ff;

/**
 * How many bytes the header has that starts with `length` bytes of `bytes`, as far as can be told: the header is whole
 * when it has as many. `isExtended` says whether the last header of a chunk stream had an extended timestamp, which a
 * header of format 3 repeats.
 */
export function headerBytes(
  bytes: Uint8Array,
  length: number,
  isExtended: (chunkStream: number) => boolean,
): number {
  if (length === 0) return 1;
  const basic = basicBytes(bytes);
  if (length < basic) return basic;
  const format = (bytes[0] ?? 0) >> 6;
  const whole = basic + (MESSAGE_BYTES[format] ?? 0);
  if (length < whole) return whole;
  const extends3 = format === 3 && isExtended(chunkStreamOf(bytes));
  const extendsOther = format !== 3 && u24(bytes, basic) === EXTENDED;
  return whole + (extends3 || extendsOther ? 4 : 0);
}

/** Reads a whole header. */
export function readHeader(bytes: Uint8Array, length: number): ChunkHeader {
  const basic = basicBytes(bytes);
  const format = (bytes[0] ?? 0) >> 6;
  const whole = basic + (MESSAGE_BYTES[format] ?? 0);
  const isExtended = length > whole;
  const time = isExtended ? u32(bytes, whole) : u24(bytes, basic);
  return {
    format,
    chunkStream: chunkStreamOf(bytes),
    time: format === 3 ? null : time,
    isExtended,
    length: format < 2 ? u24(bytes, basic + 3) : null,
    type: format < 2 ? (bytes[basic + 6] ?? 0) : null,
    streamId: format === 0 ? reversed(u32(bytes, basic + 7)) : null,
  };
}

/** §5.3.1.1: six bits hold 2 to 63; 0 says that a byte follows, 1 that two do. */
const basicBytes = (bytes: Uint8Array) => [2, 3][(bytes[0] ?? 0) & 0x3f] ?? 1;

function chunkStreamOf(bytes: Uint8Array): number {
  const [first = 0, second = 0, third = 0] = bytes;
  const low = first & 0x3f;
  if (low === 0) return second + 64;
  return low === 1 ? third * 256 + second + 64 : low;
}

const u24 = (bytes: Uint8Array, at: number) =>
  ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);

const u32 = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) * 2 ** 24 + u24(bytes, at + 1);

/** "Message stream ID is stored in little-endian format" (§5.3.1.2.1). */
const reversed = (value: number) =>
  (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
