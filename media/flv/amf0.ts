import { MalformedFlv } from './malformed.ts';

/** A value of Adobe AMF0 as the language has it. Dates are milliseconds, XML is text, maps are objects. */
export type Amf0Value = number | boolean | string | null | undefined | Amf0Object | readonly Amf0Value[];
export type Amf0Object = { readonly [name: string]: Amf0Value };

/** Type markers (Adobe AMF0 §2.1). */
const MARKERS = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  map: 0x08,
  end: 0x09,
  array: 0x0a,
  date: 0x0b,
  longString: 0x0c,
  unsupported: 0x0d,
  xml: 0x0f,
  typedObject: 0x10,
} as const;

/** Objects in objects: no message of RTMP has more than three. */
const DEPTH_MAX = 8;

/** Reads values one after another to the end of the bytes. Throws MalformedFlv. */
export function readValues(bytes: Uint8Array): Amf0Value[] {
  const reader = new Reader(bytes);
  const values: Amf0Value[] = [];
  while (!reader.isAtEnd) values.push(reader.value(0));
  return values;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Moves on by some bytes, and gives where they started. */
  #take(count: number): number {
    const from = this.#at;
    if (count > this.#bytes.length - from) throw new MalformedFlv('AMF0: cut short');
    this.#at += count;
    return from;
  }

  value(depth: number): Amf0Value {
    if (depth > DEPTH_MAX) throw new MalformedFlv(`AMF0: objects are ${depth} deep`);
    const marker = this.#view.getUint8(this.#take(1));
    switch (marker) {
      case MARKERS.number:
        return this.#view.getFloat64(this.#take(8));
      case MARKERS.boolean:
        return this.#view.getUint8(this.#take(1)) !== 0;
      case MARKERS.string:
        return this.#text(this.#view.getUint16(this.#take(2)));
      case MARKERS.longString:
      case MARKERS.xml:
        return this.#text(this.#view.getUint32(this.#take(4)));
      case MARKERS.null:
        return null;
      case MARKERS.undefined:
      case MARKERS.unsupported:
        return undefined;
      case MARKERS.date:
        return this.#view.getFloat64(this.#take(10));
      default:
        return this.#collection(marker, depth);
    }
  }

  #collection(marker: number, depth: number): Amf0Value {
    switch (marker) {
      case MARKERS.typedObject:
        this.#text(this.#view.getUint16(this.#take(2)));
        return this.#object(depth);
      case MARKERS.object:
        return this.#object(depth);
      case MARKERS.map:
        // How many follow is only said to be about right (§2.10).
        this.#take(4);
        return this.#object(depth);
      case MARKERS.array:
        return this.#array(depth);
      default:
        throw new MalformedFlv(`AMF0: marker ${marker} is not read`);
    }
  }

  #object(depth: number): Amf0Object {
    const entries: [string, Amf0Value][] = [];
    for (;;) {
      const name = this.#text(this.#view.getUint16(this.#take(2)));
      if (name === '' && this.#view.getUint8(this.#take(1)) === MARKERS.end) break;
      if (name === '') this.#at -= 1;
      entries.push([name, this.value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #array(depth: number): readonly Amf0Value[] {
    const count = this.#view.getUint32(this.#take(4));
    if (count > this.#bytes.length - this.#at) throw new MalformedFlv('AMF0: cut short');
    return Array.from({ length: count }, () => this.value(depth + 1));
  }

  #text(length: number): string {
    const from = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(from, from + length));
  }
}

/** Writes values one after another. Texts of up to 65,535 bytes. */
export function writeValues(...values: readonly Amf0Value[]): Uint8Array {
  return Uint8Array.from(values.flatMap(written));
}

function written(value: Amf0Value): number[] {
  switch (typeof value) {
    case 'number':
      return [MARKERS.number, ...numberBytes(value)];
    case 'boolean':
      return [MARKERS.boolean, value ? 1 : 0];
    case 'string':
      return [MARKERS.string, ...textBytes(value)];
    case 'undefined':
      return [MARKERS.undefined];
    default:
      return writtenCollection(value);
  }
}

function writtenCollection(value: null | Amf0Object | readonly Amf0Value[]): number[] {
  if (value === null) return [MARKERS.null];
  if (isArray(value))
    return [MARKERS.array, 0, 0, value.length >> 8, value.length & 0xff, ...value.flatMap(written)];
  const entries = Object.entries(value).flatMap(([name, own]) => [...textBytes(name), ...written(own)]);
  return [MARKERS.object, ...entries, 0, 0, MARKERS.end];
}

const isArray = (value: Amf0Object | readonly Amf0Value[]): value is readonly Amf0Value[] =>
  Array.isArray(value);

function numberBytes(value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return [...bytes];
}

function textBytes(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
}
