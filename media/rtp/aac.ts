import { Bits } from '../codecs/bits.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { u16 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import { fragments } from './fragments.ts';
import { MalformedPayload } from './packet.ts';

/** Bits of the fields of an access unit's header, as SDP says them (RFC 3640 §4.1). */
export type HeaderSizes = {
  readonly size: number;
  readonly index: number;
  readonly indexDelta: number;
};

/** AAC-hbr (RFC 3640 §3.3.6), the mode that is in use. */
export const HIGH_BIT_RATE: HeaderSizes = { size: 13, index: 3, indexDelta: 3 };

/**
 * The frames of AAC in the payloads of one timestamp: several whole ones, or one in fragments (RFC 3640 §3.2).
 * Throws MalformedPayload, also for interleaved frames.
 */
export function frames(payloads: readonly Uint8Array[], sizes: HeaderSizes): Uint8Array[] {
  const read = payloads.map((payload) => readPayload(payload, sizes));
  const [first, ...others] = read;
  if (first === undefined) return [];
  const [size = 0] = first.sizes;
  const isFragment = first.sizes.length === 1 && size > first.data.byteLength;
  if (isFragment) return [whole(size, [first.data, ...others.map(({ data }) => data)])];
  return read.flatMap(split);
}

type Payload = { readonly sizes: readonly number[]; readonly data: Uint8Array };

function whole(size: number, parts: readonly Uint8Array[]): Uint8Array {
  const joined = join(parts);
  if (joined.byteLength !== size) throw new MalformedPayload('AAC', 'a fragment is missing');
  return joined;
}

function split({ sizes, data }: Payload): Uint8Array[] {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    if (at > data.byteLength) throw new MalformedPayload('AAC', 'a frame is cut short');
    return data.subarray(at - size, at);
  });
}

/** The length of all headers in bits, then the headers, then the frames (§3.2.1). */
function readPayload(payload: Uint8Array, { size, index, indexDelta }: HeaderSizes): Payload {
  if (payload.byteLength < 2) throw new MalformedPayload('AAC', 'cut short');
  const headerBits = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
  const start = 2 + Math.ceil(headerBits / 8);
  if (start > payload.byteLength) throw new MalformedPayload('AAC', 'its headers are cut short');
  const bits = new Bits(payload.subarray(2, start), 'AU headers');
  const sizes: number[] = [];
  for (let left = headerBits; left >= size + (sizes.length === 0 ? index : indexDelta); ) {
    const fieldBits = sizes.length === 0 ? index : indexDelta;
    sizes.push(readSize(bits, size, fieldBits));
    left -= size + fieldBits;
  }
  return { sizes, data: payload.subarray(start) };
}

/** An index other than 0 says that frames between are sent elsewhere. */
function readSize(bits: Bits, sizeBits: number, indexBits: number): number {
  try {
    const size = bits.read(sizeBits);
    if (bits.read(indexBits) === 0) return size;
  } catch (error) {
    if (!(error instanceof MalformedBox)) throw error;
  }
  throw new MalformedPayload('AAC', 'frames are interleaved');
}

/** Bytes of the headers before a frame: how many bits follow, and those of AAC-hbr. */
const HEAD_BYTES = 4;

/** A frame's size has 13 bits. */
const FRAME_MAX_BYTES = 2 ** HIGH_BIT_RATE.size - 1;

/**
 * The payloads of one frame in AAC-hbr, each of at most `maxBytes`. Of a frame in fragments each says the size of the
 * whole (RFC 3640 §3.2.1.1). Throws MalformedPayload.
 */
export function payloads(frame: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  const size = frame.byteLength;
  if (size > FRAME_MAX_BYTES) throw new MalformedPayload('AAC', `a frame of ${size} bytes`);
  const head = u16(HIGH_BIT_RATE.size + HIGH_BIT_RATE.index, size << HIGH_BIT_RATE.index);
  return fragments(frame, maxBytes - HEAD_BYTES).map((part) => join([head, part]));
}
