import { join } from '../join.ts';
import { fragments } from './fragments.ts';
import { MalformedPayload } from './packet.ts';

/** Bits of the first byte of a payload descriptor (RFC 9628 §4.2). */
const PICTURE_ID = 0x80;
const PREDICTED = 0x40;
const LAYERS = 0x20;
const FLEXIBLE = 0x10;
const STARTS_FRAME = 0x08;
const ENDS_FRAME = 0x04;
const SCALABILITY = 0x02;

type Fragment = {
  readonly starts: boolean;
  readonly ends: boolean;
  /** Of the spatial layer; 0 is the one that decodes alone. */
  readonly layer: number;
  readonly body: Uint8Array;
};

/**
 * The frame of a picture, from the payloads of its packets in order (RFC 9628 §4.2). Of pictures in several spatial
 * layers it is the lowest one: a sample holds one frame. Throws MalformedPayload.
 */
export function frame(payloads: readonly Uint8Array[]): Uint8Array {
  const fragments = payloads.map(read).filter(({ layer }) => layer === 0);
  const isWhole = fragments.every(
    ({ starts, ends }, index) => starts === (index === 0) && ends === (index === fragments.length - 1),
  );
  if (fragments.length === 0 || !isWhole) throw new MalformedPayload('VP9', 'a part of the frame is missing');
  return join(fragments.map(({ body }) => body));
}

function read(payload: Uint8Array): Fragment {
  const first = payload[0] ?? 0;
  let at = 1;
  const next = () => {
    const byte = payload[at];
    if (byte === undefined) throw new MalformedPayload('VP9', 'a descriptor is cut short');
    at += 1;
    return byte;
  };
  if (first & PICTURE_ID && next() & 0x80) next();
  const layer = first & LAYERS ? (next() >> 1) & 7 : 0;
  if (first & LAYERS && !(first & FLEXIBLE)) next();
  if (first & FLEXIBLE && first & PREDICTED) skipReferences(next);
  if (first & SCALABILITY) skipStructure(next);
  if (at >= payload.byteLength) throw new MalformedPayload('VP9', 'a descriptor without a frame');
  return {
    starts: (first & STARTS_FRAME) !== 0,
    ends: (first & ENDS_FRAME) !== 0,
    layer,
    body: payload.subarray(at),
  };
}

/** Up to three references, of which each says whether another follows. */
function skipReferences(next: () => number): void {
  for (let index = 0; index < 3; index++) if ((next() & 1) === 0) return;
}

/** Sizes of the layers and the group of pictures (RFC 9628 §4.2.1); the frame's own header says its size too. */
function skipStructure(next: () => number): void {
  const head = next();
  if (head & 0x10) for (let bytes = ((head >> 5) + 1) * 4; bytes > 0; bytes--) next();
  if (!(head & 0x08)) return;
  for (let pictures = next(); pictures > 0; pictures--) {
    for (let references = (next() >> 2) & 3; references > 0; references--) next();
  }
}

/** Pictures are counted in 15 bits, of which the first says that there are so many (§4.2, I and M). */
const LONG_ID = 0x8000;

/** Bytes of a descriptor with nothing but a picture ID of 15 bits. */
const HEAD_BYTES = 3;

export type Vp9Picture = {
  readonly frame: Uint8Array;
  /** Counts pictures; its lower 15 bits are sent. */
  readonly id: number;
  /** Needs pictures before it. */
  readonly isPredicted: boolean;
};

/**
 * The payloads of a picture in one layer, each of at most `maxBytes`, not in flexible mode (§4.2). A frame with hidden
 * ones before it (a superframe, VP9 Bitstream & Decoding Process Specification annex B) is one frame here, its index
 * included: they share a timestamp, and the decoder takes them apart.
 */
export function payloads({ frame, id, isPredicted }: Vp9Picture, maxBytes: number): readonly Uint8Array[] {
  const parts = fragments(frame, maxBytes - HEAD_BYTES);
  const said = LONG_ID | (id & 0x7fff);
  return parts.map((part, index) => {
    const place = (index === 0 ? STARTS_FRAME : 0) | (index === parts.length - 1 ? ENDS_FRAME : 0);
    const flags = PICTURE_ID | (isPredicted ? PREDICTED : 0) | place;
    return join([Uint8Array.of(flags, said >> 8, said & 0xff), part]);
  });
}
