import { MalformedFlv } from './malformed.ts';

/** A tag of FLV (Adobe FLV 10.1 §E.4.1), which is also what an RTMP message of media is. */
export type Tag = {
  readonly kind: 'audio' | 'video' | 'data';
  /** Milliseconds, modulo 2^32. */
  readonly timestamp: number;
  readonly body: Uint8Array;
};

/** Tag types, and message types of RTMP (Adobe RTMP 1.0 §7.1). */
const KINDS: Readonly<Record<number, Tag['kind']>> = { 8: 'audio', 9: 'video', 18: 'data' };

export const kindOf = (type: number): Tag['kind'] | null => KINDS[type] ?? null;

/** Bytes of a tag's header, and of the size that follows its body. */
const HEADER_BYTES = 11;
const SIZE_BYTES = 4;

/**
 * The tags of an aggregate message (Adobe RTMP 1.0 §7.1.6): the first is due when the message is, and the others as
 * long after it as their times are. Throws MalformedFlv.
 */
export function readAggregate(bytes: Uint8Array, timestamp: number): Tag[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tags: Tag[] = [];
  let first: number | null = null;
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const kind = kindOf(view.getUint8(at));
    const end = at + HEADER_BYTES + (view.getUint32(at) & 0xff_ffff);
    if (end > bytes.length) throw new MalformedFlv('a tag is cut short');
    // 24 bits, and the upper eight behind them.
    const own = ((view.getUint8(at + 7) << 24) | (view.getUint32(at + 3) & 0xff_ffff)) >>> 0;
    first ??= own;
    const body = bytes.subarray(at + HEADER_BYTES, end);
    if (kind !== null) tags.push({ kind, timestamp: (timestamp + own - first) >>> 0, body });
    at = end + SIZE_BYTES;
  }
  return tags;
}
