/** An HTTP/1.1 head has this many bytes at most. */
const HEAD_MAX_BYTES = 16 * 1024;

const HEAD_END = '\r\n\r\n';

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

  #readHead(bytes: Uint8Array): string | null {
    const before = this.#head.length;
    this.#head += new TextDecoder('latin1').decode(bytes.subarray(0, HEAD_MAX_BYTES));
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return this.#head.length < HEAD_MAX_BYTES ? null : 'its head does not end';
    const [status = '', ...fields] = this.#head.slice(0, end).split('\r\n');
    if (!status.startsWith('HTTP/1.1 200 ')) return status;
    const length = fields.map((field) => /^content-length: *(\d{1,15})$/i.exec(field)?.[1]).find(Boolean);
    if (length === undefined) return 'it does not say its length';
    this.#left = Number(length);
    return this.#readBody(before + bytes.byteLength - end - HEAD_END.length);
  }

  #readBody(bytes: number): string | null {
    this.#left = (this.#left ?? 0) - bytes;
    return this.#left < 0 ? `${-this.#left} bytes too many` : null;
  }
}
