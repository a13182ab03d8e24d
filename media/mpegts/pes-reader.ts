import { join } from '../join.ts';
import type { Ticks } from '../time.ts';
import type { PacketHead } from './packet-reader.ts';

/** The payload of one PES packet, whole; its times count modulo 2^33. */
export type PesUnit = { readonly pts: Ticks; readonly dts: Ticks; readonly data: Uint8Array };

/** What a PES packet holds at most: a picture of 4K at 100 Mb/s and one a second. */
const PES_MAX_BYTES = 16 * 1024 * 1024;

const HEADER_BYTES = 9;

/** Puts the PES packets of one PID together (ISO/IEC 13818-1 §2.4.3.6). What has a hole in it is left out. */
export class PesReader {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  /** Of the whole packet; null where it ends where the next one starts. */
  #size: number | null = null;
  #isOpen = false;
  #isFilled = false;
  #counter: number | null = null;
  #last: Uint8Array = new Uint8Array();

  /** Takes the next packet of the PID; gives the PES packets that are whole now. */
  push({ payload, starts, counter, isFilled }: PacketHead): readonly PesUnit[] {
    if (payload.byteLength === 0 || this.#isTwice(counter, payload)) return [];
    const isNext = this.#counter === null || counter === ((this.#counter + 1) & 0x0f);
    this.#counter = counter;
    this.#last = payload;
    // One that was filled up is whole, whatever is missing behind it.
    if (!isNext && !(starts && this.#isFilled)) this.#isOpen = false;
    const before = starts ? this.#close() : [];
    if (starts) this.#open(payload);
    if (this.#isOpen) this.#add(payload, isFilled);
    return [...before, ...(this.#isWhole ? this.#close() : [])];
  }

  /** No more comes: gives what is whole. One of unknown length is when its last packet is filled up. */
  flush(): readonly PesUnit[] {
    return this.#isFilled ? this.#close() : [];
  }

  /** A packet may be sent twice (§2.4.3.3); where streams are joined, another one may have its number. */
  #isTwice(counter: number, payload: Uint8Array): boolean {
    return counter === this.#counter && Buffer.compare(payload, this.#last) === 0;
  }

  get #isWhole(): boolean {
    return this.#isOpen && this.#size !== null && this.#bytes >= this.#size;
  }

  #open(payload: Uint8Array): void {
    const [zero, still, one, , high = 0, low = 0] = payload;
    const length = (high << 8) | low;
    this.#isOpen = payload.byteLength >= HEADER_BYTES && zero === 0 && still === 0 && one === 1;
    this.#size = length === 0 ? null : length + 6;
  }

  #add(payload: Uint8Array, isFilled: boolean): void {
    this.#parts.push(payload);
    this.#bytes += payload.byteLength;
    this.#isFilled = isFilled;
    if (this.#bytes > PES_MAX_BYTES) this.#isOpen = false;
  }

  #close(): readonly PesUnit[] {
    const isCut = !this.#isOpen || this.#bytes < (this.#size ?? 0);
    const unit = isCut ? null : read(join(this.#parts).subarray(0, this.#size ?? undefined));
    this.#parts = [];
    this.#bytes = 0;
    this.#isOpen = false;
    this.#isFilled = false;
    return unit === null ? [] : [unit];
  }
}

/** Null for one without a time, or whose header is longer than it is. */
function read(bytes: Uint8Array): PesUnit | null {
  const flags = (bytes[7] ?? 0) >> 6;
  const start = HEADER_BYTES + (bytes[8] ?? 0);
  const needed = { 2: 5, 3: 10 }[flags];
  if (needed === undefined || start > bytes.byteLength || (bytes[8] ?? 0) < needed) return null;
  const pts = readTimestamp(bytes, HEADER_BYTES);
  const dts = flags === 3 ? readTimestamp(bytes, HEADER_BYTES + 5) : pts;
  return { pts, dts, data: bytes.subarray(start) };
}

/** 33 bits in three pieces. They do not fit the bit operators of JavaScript. */
function readTimestamp(bytes: Uint8Array, at: number): Ticks {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = bytes.subarray(at, at + 5);
  const high = (first >> 1) & 7;
  const middle = (second << 7) | (third >> 1);
  const low = (fourth << 7) | (fifth >> 1);
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}
