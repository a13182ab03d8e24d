/** A `Session` header (RFC 2326 §12.37, RFC 7826 §18.49). */
export type Session = {
  readonly id: string;
  /** How long the server keeps the session without a sign of life, in seconds; null where it does not say. */
  readonly timeoutSeconds: number | null;
};

const SESSION = /^\s*([\w$.+-]{1,256})\s*(?:;(.*))?$/s;
const TIMEOUT = /^\s*timeout\s*=\s*(\d{1,9})\s*$/i;

/** Null for what is none. */
export function parse(header: string): Session | null {
  const [, id, parameters = ''] = SESSION.exec(header) ?? [];
  if (id === undefined) return null;
  const timeout = parameters.split(';').flatMap((one) => TIMEOUT.exec(one)?.[1] ?? [])[0];
  return { id, timeoutSeconds: timeout === undefined ? null : Number(timeout) };
}

export const print = ({ id, timeoutSeconds }: Session): string =>
  timeoutSeconds === null ? id : `${id};timeout=${timeoutSeconds}`;
