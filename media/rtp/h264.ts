import { join } from '../join.ts';
import { aggregate, grouped } from './aggregate.ts';
import { fragments } from './fragments.ts';
import { MalformedPayload } from './packet.ts';

/** Packet types beside those of NAL units (RFC 6184 §5.4). */
const STAP_A = 24;
const FU_A = 28;

/** Bits of the header of a fragment (RFC 6184 §5.8). */
const START = 0x80;
const END = 0x40;

const typeOf = (byte: number) => byte & 0x1f;

/**
 * The NAL units of a picture, from the payloads of its packets in order: single units, aggregates (STAP-A, RFC 6184
 * §5.7.1) and fragments (FU-A, §5.8). These are what packetization mode 1 allows. Throws MalformedPayload.
 */
export function nalUnits(payloads: readonly Uint8Array[]): Uint8Array[] {
  const units: Uint8Array[] = [];
  let fragments: Uint8Array[] = [];
  for (const payload of payloads) {
    const type = typeOf(payload[0] ?? 0);
    if (type !== FU_A && fragments.length > 0) throw new MalformedPayload('H.264', 'a fragment is missing');
    if (type === FU_A) {
      fragments = addFragment(fragments, payload);
      if (((payload[1] ?? 0) & END) === 0) continue;
      units.push(join(fragments));
      fragments = [];
    } else if (type === STAP_A) units.push(...split(payload));
    else if (type > 0 && type < STAP_A) units.push(payload);
    else throw new MalformedPayload('H.264', `packets of type ${type} are not for packetization mode 1`);
  }
  if (fragments.length > 0) throw new MalformedPayload('H.264', 'the last fragment is missing');
  return units;
}

/** The first fragment brings the header of the unit: its own first bits, and the type from the fragment's header. */
function addFragment(before: readonly Uint8Array[], payload: Uint8Array): Uint8Array[] {
  const [indicator, header] = payload;
  if (indicator === undefined || header === undefined) throw new MalformedPayload('H.264', 'cut short');
  const starts = (header & START) !== 0;
  if (starts === before.length > 0) throw new MalformedPayload('H.264', 'a fragment is missing');
  const body = payload.subarray(2);
  return starts ? [Uint8Array.of((indicator & 0xe0) | typeOf(header)), body] : [...before, body];
}

/** Units with their length before each. */
function split(payload: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 1; at < payload.byteLength; ) {
    const length = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    const end = at + 2 + length;
    if (length === 0 || end > payload.byteLength)
      throw new MalformedPayload('H.264', 'an aggregate is cut short');
    units.push(payload.subarray(at + 2, end));
    at = end;
  }
  return units;
}

/** Bits of a unit's first byte: that it is broken, and how much depends on it (RFC 6184 §1.3). */
const FORBIDDEN = 0x80;
const IMPORTANCE = 0x60;

/**
 * The payloads of the NAL units of a picture, in order, each of at most `maxBytes`: small units together, large ones in
 * fragments.
 */
export const payloads = (units: readonly Uint8Array[], maxBytes: number): readonly Uint8Array[] =>
  grouped(units, 1, maxBytes).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    if (group.length > 1) return [aggregate(Uint8Array.of(headOf(group)), group)];
    return first.byteLength <= maxBytes ? [first] : fragmented(first, maxBytes);
  });

/** "The F bit MUST be cleared if all are, and NRI is the highest of all" (§5.7.1). */
function headOf(units: readonly Uint8Array[]): number {
  const heads = units.map(([head = 0]) => head);
  const forbidden = heads.some((head) => head & FORBIDDEN) ? FORBIDDEN : 0;
  return forbidden | Math.max(...heads.map((head) => head & IMPORTANCE)) | STAP_A;
}

function fragmented(unit: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  const head = unit[0] ?? 0;
  const parts = fragments(unit.subarray(1), maxBytes - 2);
  return parts.map((part, index) => {
    const place = (index === 0 ? START : 0) | (index === parts.length - 1 ? END : 0);
    return join([Uint8Array.of((head & 0xe0) | FU_A, place | typeOf(head)), part]);
  });
}
