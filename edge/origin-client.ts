import type { Headed } from '../runtime/prepared.ts';

/** What came of asking the origin. */
export type Fetched =
  | { readonly kind: 'object'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'absent' };

/** The origin can't be asked now. */
export class OriginUnreachable extends Error {
  override readonly name = 'OriginUnreachable';
}

const TIMEOUT_MS = 10_000;

/** A connection that the origin has just closed fails at once: one more try meets a fresh one. */
const TRIES = 2;

/** Largest object taken from the origin. */
const OBJECT_MAX_BYTES = 256 * 1024 * 1024;

/** Pulls objects from the origin over HTTP. */
export class OriginClient {
  readonly #url: string;
  readonly #signed: (path: string) => Headed;

  /** `signed` gives the headers that prove who asks for a path. */
  constructor(url: string, signed: (path: string) => Headed = () => ({})) {
    this.#url = url.replace(/\/+$/, '');
    this.#signed = signed;
  }

  /** Throws OriginUnreachable. */
  async fetch(path: string): Promise<Fetched> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#fetchOnce(path);
      } catch (error) {
        if (attempt < TRIES && !isTimeout(error)) continue;
        const problem = error instanceof Error ? error.message : String(error);
        throw new OriginUnreachable(`${this.#url}${path}: ${problem}`);
      }
    }
  }

  async #fetchOnce(path: string): Promise<Fetched> {
    const response = await fetch(this.#url + path, {
      headers: this.#signed(path),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 404) {
      await response.body?.cancel();
      return { kind: 'absent' };
    }
    const length = Number(response.headers.get('Content-Length') ?? 0);
    if (!response.ok || length > OBJECT_MAX_BYTES) {
      await response.body?.cancel();
      throw new OriginUnreachable(response.ok ? `${length} bytes are too many` : `status ${response.status}`);
    }
    return { kind: 'object', bytes: new Uint8Array(await response.arrayBuffer()) };
  }
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';
