import { type Box, MalformedBox, readHeader } from './box.ts';

/** A top-level box with its bytes, which belong to the receiver. */
export type WholeBox = { readonly type: string; readonly bytes: Uint8Array; readonly box: Box };

/**
 * Cuts a stream of bytes into top-level boxes, however the bytes arrive. It holds one box at the most, and
 * `maxBytes` of it: a larger one is a MalformedBox.
 */
export class BoxSplitter {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #held = 0;
  /** Bytes to collect before there is anything to see. */
  #wanted = 8;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next bytes; gives the boxes that they complete. */
  push(bytes: Uint8Array): WholeBox[] {
    this.#parts.push(bytes);
    this.#held += bytes.byteLength;
    if (this.#held < this.#wanted) return [];
    return this.#take(this.#parts.length === 1 ? bytes : concat(this.#parts, this.#held));
  }

  /** Bytes that belong to a box not yet whole. */
  get pending(): number {
    return this.#held;
  }

  #take(bytes: Uint8Array): WholeBox[] {
    const found: WholeBox[] = [];
    let at = 0;
    let box = this.#header(bytes, at);
    while (box !== null && box.end <= bytes.byteLength) {
      const own = bytes.subarray(at, box.end);
      found.push({
        type: box.type,
        bytes: own,
        box: { ...box, start: 0, body: box.body - at, end: box.end - at },
      });
      at = box.end;
      box = this.#header(bytes, at);
    }
    this.#keep(bytes.subarray(at), box === null ? null : box.end - at);
    return found;
  }

  #header(bytes: Uint8Array, at: number): Box | null {
    const box = readHeader(bytes, at);
    if (box !== null && box.end - at > this.#maxBytes)
      throw new MalformedBox(box.type, `${box.end - at} bytes, at most ${this.#maxBytes}`);
    return box;
  }

  #keep(rest: Uint8Array, size: number | null): void {
    this.#parts = rest.byteLength === 0 ? [] : [rest];
    this.#held = rest.byteLength;
    this.#wanted = size ?? (rest.byteLength < 8 ? 8 : 16);
  }
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
