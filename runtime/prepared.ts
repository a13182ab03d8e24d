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
  /** The body from byte `first` to byte `last`, both included. */
  readonly part: (first: number, last: number) => BodyInit;
};

/** Takes the bytes over: they must not change. */
export const prepare = (bytes: Uint8Array<ArrayBuffer>, headers: Headed): Prepared =>
  bun ? prepareOnBun(new Blob([bytes]), headers) : prepareElsewhere(bytes, headers);

/** Here clones share one body, which a Response made of bytes would copy each time. */
function prepareOnBun(body: Blob, headers: Headed): Prepared {
  const answer = new Response(body, { headers });
  return {
    size: body.size,
    headers,
    whole: () => answer.clone(),
    part: (first, last) => body.slice(first, last + 1),
  };
}

/** Here a clone, and a Blob, would be sent as a stream, piece by piece. */
const prepareElsewhere = (bytes: Uint8Array<ArrayBuffer>, headers: Headed): Prepared => ({
  size: bytes.byteLength,
  headers,
  whole: () => new Response(bytes, { headers }),
  part: (first, last) => bytes.subarray(first, last + 1),
});
