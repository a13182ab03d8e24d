/** What a server answered; times are milliseconds of the same clock. */
export type Answer = {
  readonly url: string;
  /** 0 when there was none. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Uint8Array;
  readonly askedAtMs: number;
  readonly firstByteAtMs: number;
  readonly answeredAtMs: number;
};

/** Beyond three target durations of ten seconds a server has to say that it can't (§6.2.5.2). */
const ANSWER_MAX_MS = 40_000;

/** Asks as a player on another site does. Never throws: no answer has status 0. */
export async function ask(url: string, range: string | null = null): Promise<Answer> {
  const askedAtMs = performance.now();
  try {
    const headers = { Origin: 'https://player.example', ...(range === null ? {} : { Range: range }) };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MAX_MS) });
    const { bytes, firstByteAtMs } = await readBody(response);
    const { status, url: finalUrl } = response;
    const answeredAtMs = performance.now();
    const named = new Map(response.headers);
    return { url: finalUrl || url, status, headers: named, bytes, askedAtMs, firstByteAtMs, answeredAtMs };
  } catch {
    const at = performance.now();
    const nothing = { status: 0, headers: new Map(), bytes: new Uint8Array() };
    return { url, ...nothing, askedAtMs, firstByteAtMs: at, answeredAtMs: at };
  }
}

async function readBody({ body }: Response) {
  const chunks: Uint8Array[] = [];
  let firstByteAtMs = performance.now();
  for await (const chunk of body ?? []) {
    if (chunks.length === 0) firstByteAtMs = performance.now();
    chunks.push(chunk);
  }
  return { bytes: concat(chunks), firstByteAtMs };
}

/** One array of all bytes. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

export const isSame = (one: Uint8Array, other: Uint8Array) =>
  one.byteLength === other.byteLength && one.every((byte, index) => byte === other[index]);
