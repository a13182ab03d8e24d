/** An HTTP/1.1 head has this many bytes at most. */
const HEAD_MAX_BYTES = 16 * 1024;

const HEAD_END = '\r\n\r\n';

/** The status line of a 200, and the length that one of its fields tells. */
const OK = /^HTTP\/1\.1 200 /;
const LENGTH = /\r\ncontent-length: *(\d{1,15})\r\n/i;

/** When the bytes of an answer came, milliseconds on the clock of who reads. */
export type Arrival = { readonly firstMs: number; readonly lastMs: number };

/** What reading came to so far. */
export type Progress =
  | { readonly kind: 'more' }
  | { readonly kind: 'whole'; readonly arrival: Arrival }
  | { readonly kind: 'broken'; readonly problem: string };

const MORE: Progress = { kind: 'more' };

/**
 * Reads one answer of HTTP/1.1 that says its length (RFC 9112 §6.2), however the socket cuts it, and notes when it
 * came. It keeps no body.
 */
export class AnswerReader {
  #head = '';
  /** Bytes of the body that are still to come; null until the head is whole. */
  #left: number | null = null;
  #firstMs: number | null = null;

  push(bytes: Uint8Array, nowMs: number): Progress {
    this.#firstMs ??= nowMs;
    const problem = this.#left === null ? this.#readHead(bytes) : this.#readBody(bytes.byteLength);
    if (problem !== null) return { kind: 'broken', problem };
    return this.#left === 0 ? { kind: 'whole', arrival: { firstMs: this.#firstMs, lastMs: nowMs } } : MORE;
  }

  /** No more is read than has to be: who reads for hundreds of viewers is late for the last of them. */
  #readHead(bytes: Uint8Array): string | null {
    const before = this.#head.length;
    this.#head += asBuffer(bytes).toString('latin1', 0, endOf(bytes));
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return this.#head.length < HEAD_MAX_BYTES ? null : 'its head does not end';
    const head = this.#head.slice(0, end + 2);
    if (!OK.test(head)) return head.slice(0, head.indexOf('\r\n'));
    const length = LENGTH.exec(head)?.[1];
    if (length === undefined) return 'it does not say its length';
    this.#left = Number(length);
    return this.#readBody(before + bytes.byteLength - end - HEAD_END.length);
  }

  #readBody(bytes: number): string | null {
    this.#left = (this.#left ?? 0) - bytes;
    return this.#left < 0 ? `${-this.#left} bytes too many` : null;
  }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Behind the end of a head, or as much as one may be. */
function endOf(bytes: Uint8Array): number {
  const end = asBuffer(bytes).indexOf(HEAD_END);
  return Math.min(bytes.byteLength, end < 0 ? HEAD_MAX_BYTES : end + HEAD_END.length);
}
