import { PACKET_BYTES } from '../../media/mpegts/packet.ts';
import { SYNC } from '../../media/mpegts/packet-reader.ts';
import type { Milliseconds } from '../../media/time.ts';
import { Unusable } from './contents.ts';

/** A server that says nothing for so long is given up. */
const SILENCE_MS: Milliseconds = 10_000;

/** Packets that tell a transport stream. */
const PACKETS_SEEN = 3;

/** A transport stream without an end, from a server. */
export type HttpSource = { readonly pieces: AsyncIterable<Uint8Array>; readonly close: () => void };

/**
 * Asks for a live transport stream: an answer without a length that starts with packets. Null for anything else, such
 * as a playlist, a file or a redirect. Throws Unusable where nothing answers.
 */
export async function openHttpSource(url: string): Promise<HttpSource | null> {
  const controller = new AbortController();
  const silence = () => controller.abort(new Unusable(`nothing came for ${SILENCE_MS / 1000} s`));
  const timer = setTimeout(silence, SILENCE_MS);
  const close = () => {
    clearTimeout(timer);
    controller.abort(new Unusable('it is not read any more'));
  };
  const source = await ask(url, controller.signal).catch(() => null);
  if (source === null) {
    close();
    return null;
  }
  return { pieces: watched(source, timer), close };
}

async function ask(url: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null> {
  const { body, headers, status } = await fetch(url, { redirect: 'manual', signal });
  if (status !== 200 || body === null || headers.has('Content-Length')) return null;
  const pieces = body[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array();
  while (start.byteLength < PACKETS_SEEN * PACKET_BYTES) {
    const { done, value } = await pieces.next();
    if (done) return null;
    start = Buffer.concat([start, value]);
    if (!isTransportStream(start)) return null;
  }
  return following(start, pieces);
}

/** As far as there are bytes. */
const isTransportStream = (bytes: Uint8Array) =>
  Array.from({ length: PACKETS_SEEN }, (_, index) => bytes[index * PACKET_BYTES] ?? SYNC).every(
    (byte) => byte === SYNC,
  );

async function* following(start: Uint8Array, pieces: AsyncIterator<Uint8Array>) {
  yield start;
  for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) yield piece.value;
}

/** Puts off the end of patience with each piece. */
async function* watched(pieces: AsyncIterable<Uint8Array>, timer: NodeJS.Timeout) {
  for await (const piece of pieces) {
    timer.refresh();
    yield piece;
  }
  clearTimeout(timer);
}
