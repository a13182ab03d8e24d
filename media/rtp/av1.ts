import { readLeb128 } from '../codecs/leb128.ts';
import { join } from '../join.ts';
import { MalformedPayload } from './packet.ts';

/** Bits of the aggregation header (RTP Payload Format For AV1 v1.0 §4.4). */
const CONTINUES = 0x80;
const GOES_ON = 0x40;

/**
 * The OBUs of a temporal unit, without their size fields as they are sent, from the payloads of its packets in order
 * (RTP Payload Format For AV1 v1.0 §4). Throws MalformedPayload.
 */
export function obus(payloads: readonly Uint8Array[]): Uint8Array[] {
  const whole: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  for (const payload of payloads) {
    const head = payload[0] ?? 0;
    if (((head & CONTINUES) !== 0) !== parts.length > 0)
      throw new MalformedPayload('AV1', 'a fragment is missing');
    const elements = split(payload);
    for (const [index, element] of elements.entries()) {
      parts.push(element);
      if (index === elements.length - 1 && head & GOES_ON) break;
      whole.push(join(parts));
      parts = [];
    }
  }
  if (parts.length > 0) throw new MalformedPayload('AV1', 'the last fragment is missing');
  return whole;
}

/** Each element has its length before it; where the header counts them (W), the last has not. */
function split(payload: Uint8Array): Uint8Array[] {
  const count = ((payload[0] ?? 0) >> 4) & 3;
  const elements: Uint8Array[] = [];
  for (let at = 1; at < payload.byteLength; ) {
    if (count > 0 && elements.length === count - 1) return [...elements, payload.subarray(at)];
    const length = readLeb128(payload, at);
    const end = length === null ? Number.POSITIVE_INFINITY : length.end + length.value;
    if (length === null || end > payload.byteLength)
      throw new MalformedPayload('AV1', 'an element is cut short');
    elements.push(payload.subarray(length.end, end));
    at = end;
  }
  if (elements.length === 0 || elements.length < count)
    throw new MalformedPayload('AV1', 'elements are missing');
  return elements;
}
