import { bodyBytes, type Head, readHead } from './head.ts';
import { MalformedRtsp } from './malformed.ts';
import { FRAME_MARK, type Message } from './message.ts';

/** A start line and its header fields: the longest in use, with a Digest, stay below 2 KiB. */
const HEAD_MAX_BYTES = 8 * 1024;

/** An SDP of 16 media with their parameter sets stays below 16 KiB. */
const BODY_MAX_BYTES = 64 * 1024;

/** Of a frame: its mark, channel and 16 bits of length. */
const FRAME_HEAD_BYTES = 4;

const CR = 13;
const LF = 10;

/**
 * Reads RTSP messages and the frames among them (RFC 2326 §4, §10.12) from bytes, however these are cut. It holds no
 * more than one unfinished message or frame.
 */
export class Reader {
  #bytes = new Uint8Array(2 * 1024);
  #start = 0;
  #end = 0;
  /** Up to where the end of a head was looked for. */
  #scanned = 0;
  #head: Head | null = null;
  #bodyBytes = 0;

  /** Messages that are whole now. Throws MalformedRtsp; what comes behind that can't be read. */
  *push(bytes: Uint8Array): Generator<Message> {
    this.#append(bytes);
    for (let message = this.#next(); message !== null; message = this.#next()) yield message;
  }

  #append(bytes: Uint8Array): void {
    if (this.#end + bytes.byteLength > this.#bytes.byteLength) this.#makeRoom(bytes.byteLength);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.byteLength;
  }

  /** Moves what is left to the front, of a larger array where it takes one. */
  #makeRoom(count: number): void {
    const left = this.#end - this.#start;
    const size = this.#bytes.byteLength;
    const into = left + count > size ? new Uint8Array(Math.max(left + count, size * 2)) : this.#bytes;
    into.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = into;
    this.#scanned -= this.#start;
    this.#start = 0;
    this.#end = left;
  }

  #next(): Message | null {
    if (this.#head !== null) return this.#body(this.#head);
    this.#skipBlankLines();
    if (this.#start === this.#end) return null;
    if (this.#bytes[this.#start] === FRAME_MARK) return this.#frame();
    const end = this.#headEnd();
    if (end === null) return null;
    const head = readHead(new TextDecoder().decode(this.#take(end - this.#start)));
    this.#bodyBytes = bodyBytes(head, BODY_MAX_BYTES);
    this.#head = head;
    return this.#body(head);
  }

  /** Some clients end a body with a line end that its length does not count. */
  #skipBlankLines(): void {
    while (this.#start < this.#end && [CR, LF].includes(this.#bytes[this.#start] ?? 0)) this.#start += 1;
    this.#scanned = Math.max(this.#scanned, this.#start);
  }

  #frame(): Message | null {
    const [, channel = 0, high = 0, low = 0] = this.#bytes.subarray(
      this.#start,
      this.#start + FRAME_HEAD_BYTES,
    );
    const whole = FRAME_HEAD_BYTES + ((high << 8) | low);
    const held = this.#end - this.#start;
    if (held < FRAME_HEAD_BYTES || held < whole) return null;
    return { kind: 'frame', channel, data: this.#take(whole).subarray(FRAME_HEAD_BYTES) };
  }

  #body(head: Head): Message | null {
    if (this.#end - this.#start < this.#bodyBytes) return null;
    this.#head = null;
    return { ...head, body: this.#take(this.#bodyBytes) };
  }

  /** Where the empty line behind a head ends; lines may end without a carriage return. */
  #headEnd(): number | null {
    for (let at = this.#scanned; at < this.#end; at++) {
      if (this.#bytes[at] !== LF) continue;
      const before = this.#bytes[at - 1] === CR ? at - 2 : at - 1;
      if (before < this.#start || this.#bytes[before] !== LF) continue;
      this.#checkHead(at + 1);
      return at + 1;
    }
    this.#scanned = this.#end;
    this.#checkHead(this.#end);
    return null;
  }

  #checkHead(end: number): void {
    if (end - this.#start > HEAD_MAX_BYTES)
      throw new MalformedRtsp(413, `a head of more than ${HEAD_MAX_BYTES} bytes`);
  }

  /** A copy, as the array is used again. */
  #take(count: number): Uint8Array {
    const taken = this.#bytes.slice(this.#start, this.#start + count);
    this.#start += count;
    this.#scanned = this.#start;
    return taken;
  }
}
