import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { BundledFile } from '../../runtime/bundle.ts';
import { choose, type Encoded, encode } from './encoding.ts';

/** A file as it is sent: compressed once, and named by a hash of its bytes. */
export type WebFile = {
  readonly name: string;
  readonly type: string;
  readonly hash: string;
  readonly encoded: Encoded;
};

export async function prepare({ name, type, bytes }: BundledFile): Promise<WebFile> {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { name, type, hash, encoded: await encode(bytes) };
}

/** Answers with a file in the coding that the client takes, or with 304 when it holds that already. */
export function respond(
  context: Context,
  file: WebFile,
  headers: Readonly<Record<string, string>>,
): Response {
  const coding = choose(file.encoded, context.req.header('Accept-Encoding'));
  // A strong validator names one representation, so each coding has its own (RFC 9110 §8.8.3.3).
  const etag = `"${file.hash}-${coding}"`;
  const common = { ...headers, ETag: etag, Vary: 'Accept-Encoding' };
  if (matches(context.req.header('If-None-Match'), etag))
    return new Response(null, { status: 304, headers: common });
  const encoding: Record<string, string> = coding === 'identity' ? {} : { 'Content-Encoding': coding };
  const body = new Uint8Array(file.encoded[coding] ?? file.encoded.identity);
  // Said outright, so that an answer to HEAD says it too.
  const length = String(body.byteLength);
  return new Response(body, {
    headers: { ...common, ...encoding, 'Content-Type': file.type, 'Content-Length': length },
  });
}

/** Weak comparison, as RFC 9110 §13.1.2 asks of `If-None-Match`. */
function matches(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
