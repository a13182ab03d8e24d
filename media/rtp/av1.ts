import { readLeb128, writeLeb128 } from '../codecs/leb128.ts';
import { join } from '../join.ts';
import { MalformedPayload } from './packet.ts';

/** Bits of the aggregation header (RTP Payload Format For AV1 v1.0 §4.4). */
const CONTINUES = 0x80;
const GOES_ON = 0x40;
const BEGINS_SEQUENCE = 0x08;

/** Elements at most that the header counts; the last of them needs no length. */
const COUNTED_MAX = 3;

/** Bytes of the longest length here: 14 bits, more than a packet holds. */
const LENGTH_BYTES = 2;

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

/** What one packet holds: OBUs, of which the first may go on from the packet before and the last in the next. */
type Aggregate = { readonly elements: Uint8Array[]; readonly continues: boolean; goesOn: boolean };

/**
 * The payloads of the OBUs of a temporal unit, each of at most `maxBytes`. The OBUs are without size fields and
 * temporal delimiters (§5). `isNew` says that a coded video sequence begins with them (§4.4, N).
 */
export function payloads(
  obus: readonly Uint8Array[],
  isNew: boolean,
  maxBytes: number,
): readonly Uint8Array[] {
  if (obus.length === 0) return [];
  const aggregates: Aggregate[] = [];
  let left = 0;
  const open = (continues: boolean) => {
    const aggregate: Aggregate = { elements: [], continues, goesOn: false };
    aggregates.push(aggregate);
    left = maxBytes - 1;
    return aggregate;
  };
  let last = open(false);
  for (const obu of obus) {
    for (let at = 0; at < obu.byteLength; ) {
      if (left <= LENGTH_BYTES) {
        last.goesOn = at > 0;
        last = open(at > 0);
      }
      const part = obu.subarray(at, at + left - LENGTH_BYTES);
      last.elements.push(part);
      left -= LENGTH_BYTES + part.byteLength;
      at += part.byteLength;
    }
  }
  const first = isNew ? BEGINS_SEQUENCE : 0;
  return aggregates.map((aggregate, index) => write(aggregate, index === 0 ? first : 0));
}

function write({ elements, continues, goesOn }: Aggregate, flags: number): Uint8Array {
  const count = elements.length <= COUNTED_MAX ? elements.length : 0;
  const head = flags | (continues ? CONTINUES : 0) | (goesOn ? GOES_ON : 0) | (count << 4);
  const parts = elements.flatMap((element, index) =>
    index === count - 1 ? [element] : [writeLeb128(element.byteLength), element],
  );
  return join([Uint8Array.of(head), ...parts]);
}
