import { join } from '../join.ts';
import { aggregate, grouped } from './aggregate.ts';
import { fragments } from './fragments.ts';
import { MalformedPayload } from './packet.ts';

/** Packet types beside those of NAL units (RFC 7798 §4.4). */
const AGGREGATE = 48;
const FRAGMENT = 49;

/** Bytes of the header of a NAL unit, and of a payload (RFC 7798 §1.1.4). */
const HEAD_BYTES = 2;

/** Bits of the header of a fragment (RFC 7798 §4.4.3). */
const START = 0x80;
const END = 0x40;

/**
 * The NAL units of a picture, from the payloads of its packets in order: single units, aggregates (RFC 7798 §4.4.2)
 * and fragments (§4.4.3), without decoding order numbers. Throws MalformedPayload.
 */
export function nalUnits(payloads: readonly Uint8Array[]): Uint8Array[] {
  const units: Uint8Array[] = [];
  let fragments: Uint8Array[] = [];
  for (const payload of payloads) {
    if (payload.byteLength < HEAD_BYTES) throw new MalformedPayload('HEVC', 'cut short');
    const type = ((payload[0] ?? 0) >> 1) & 0x3f;
    if (type !== FRAGMENT && fragments.length > 0)
      throw new MalformedPayload('HEVC', 'a fragment is missing');
    if (type === FRAGMENT) {
      fragments = addFragment(fragments, payload);
      if (((payload[HEAD_BYTES] ?? 0) & END) === 0) continue;
      units.push(join(fragments));
      fragments = [];
    } else if (type === AGGREGATE) units.push(...split(payload));
    else if (type < AGGREGATE) units.push(payload);
    else throw new MalformedPayload('HEVC', `packets of type ${type}`);
  }
  if (fragments.length > 0) throw new MalformedPayload('HEVC', 'the last fragment is missing');
  return units;
}

/** The first fragment brings the header of the unit: that of the payload, with the type of the fragment. */
function addFragment(before: readonly Uint8Array[], payload: Uint8Array): Uint8Array[] {
  const [first = 0, second = 0, header] = payload;
  if (header === undefined) throw new MalformedPayload('HEVC', 'cut short');
  const starts = (header & START) !== 0;
  if (starts === before.length > 0) throw new MalformedPayload('HEVC', 'a fragment is missing');
  const body = payload.subarray(HEAD_BYTES + 1);
  return starts ? [Uint8Array.of((first & 0x81) | ((header & 0x3f) << 1), second), body] : [...before, body];
}

/** Units with their length before each. */
function split(payload: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = HEAD_BYTES; at < payload.byteLength; ) {
    const length = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    const end = at + 2 + length;
    if (length < HEAD_BYTES || end > payload.byteLength)
      throw new MalformedPayload('HEVC', 'an aggregate is cut short');
    units.push(payload.subarray(at + 2, end));
    at = end;
  }
  return units;
}

/**
 * The payloads of the NAL units of a picture, in order, each of at most `maxBytes`: small units together, large ones in
 * fragments.
 */
export const payloads = (units: readonly Uint8Array[], maxBytes: number): readonly Uint8Array[] =>
  grouped(units, HEAD_BYTES, maxBytes).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    if (group.length > 1) return [aggregate(headOf(group), group)];
    return first.byteLength <= maxBytes ? [first] : fragmented(first, maxBytes);
  });

/** That any is broken, the lowest layer of all, and the lowest temporal one (§4.4.2). */
function headOf(units: readonly Uint8Array[]): Uint8Array {
  const heads = units.map(([first = 0, second = 0]) => (first << 8) | second);
  const forbidden = heads.some((head) => head & 0x8000) ? 0x80 : 0;
  const layer = Math.min(...heads.map((head) => (head >> 3) & 0x3f));
  const temporal = Math.min(...heads.map((head) => head & 7));
  return Uint8Array.of(forbidden | (AGGREGATE << 1) | (layer >> 5), ((layer & 0x1f) << 3) | temporal);
}

function fragmented(unit: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  const [first = 0, second = 0] = unit;
  const type = (first >> 1) & 0x3f;
  const parts = fragments(unit.subarray(HEAD_BYTES), maxBytes - HEAD_BYTES - 1);
  return parts.map((part, index) => {
    const place = (index === 0 ? START : 0) | (index === parts.length - 1 ? END : 0);
    return join([Uint8Array.of((first & 0x81) | (FRAGMENT << 1), second, place | type), part]);
  });
}
