import { bun } from './platform.ts';

export type Headed = Readonly<Record<string, string>>;

/** An answer laid out once, to be sent as often as it is asked for. */
export type Prepared = {
  /** Bytes of the body. */
  readonly size: number;
  /** All headers of a 200. */
  readonly headers: Headed;
  /** A 200 with all of it. */
  readonly whole: () => Response;
  /** The same, for a request that had to wait: cheapest in the second in which this was made. */
  readonly late: () => Response;
  /** The body from byte `first` to byte `last`, both included. */
  readonly part: (first: number, last: number) => BodyInit;
};

/** Takes the bytes over: they must not change. */
export const prepare = (bytes: Uint8Array<ArrayBuffer>, headers: Headed): Prepared =>
  bun ? prepareOnBun(bytes, headers) : prepareElsewhere(bytes, headers);

/**
 * From this size on Bun (1.4) sends an answer that is not given in the turn of its request piece by piece: some thirty
 * sends for its headers alone. What a direct stream ends before its buffer is full goes out in one.
 */
const PIECEMEAL_BYTES = 15 * 1024;

/** A direct stream has a copy of the body until it is sent: no more is copied for each who waits. */
const ONE_GO_MAX_BYTES = 512 * 1024;

/** Those who waited are answered as soon as there is something. After that the bytes are not kept twice. */
const FRESH_MS = 1_000;

/** Here clones share one body, which a Response made of bytes would copy each time. */
function prepareOnBun(bytes: Uint8Array<ArrayBuffer>, headers: Headed): Prepared {
  const body = new Blob([bytes]);
  const answer = new Response(body, { headers });
  const whole = () => answer.clone();
  const goesInPieces = body.size >= PIECEMEAL_BYTES && body.size <= ONE_GO_MAX_BYTES;
  return {
    size: body.size,
    headers,
    whole,
    late: goesInPieces ? whileFresh(bytes, headers, whole) : whole,
    part: (first, last) => body.slice(first, last + 1),
  };
}

function whileFresh(bytes: Uint8Array<ArrayBuffer>, headers: Headed, later: () => Response): () => Response {
  let fresh: Uint8Array<ArrayBuffer> | null = bytes;
  setTimeout(() => {
    fresh = null;
  }, FRESH_MS).unref();
  return () => (fresh === null ? later() : new Response(inOneGo(fresh), { headers }));
}

function inOneGo(bytes: Uint8Array<ArrayBuffer>): ReadableStream {
  const source: Bun.DirectUnderlyingSource = {
    type: 'direct',
    pull(controller) {
      controller.write(bytes);
      controller.end();
    },
  };
  // The types of the browsers, which the pages need, know no direct streams.
  return new ReadableStream(source as unknown as UnderlyingSource, { highWaterMark: bytes.byteLength + 1 });
}

/** Here a clone, and a Blob, would be sent as a stream, piece by piece. */
function prepareElsewhere(bytes: Uint8Array<ArrayBuffer>, headers: Headed): Prepared {
  const whole = () => new Response(bytes, { headers });
  return {
    size: bytes.byteLength,
    headers,
    whole,
    late: whole,
    part: (first, last) => bytes.subarray(first, last + 1),
  };
}
