import { type Demuxed, Demuxer } from '../../media/isobmff/demuxer.ts';

/**
 * What a source sends, whatever carried it: first which tracks it has, then their samples in decode order. It is read
 * only as fast as it is packaged, so that a slow disk slows the source instead of filling memory. It ends when the
 * source does, and throws when that broke off; the message says why.
 */
export type Feed = AsyncIterable<Demuxed>;

/** Reads fragmented MP4. Throws MalformedBox. */
export async function* demux(output: AsyncIterable<Uint8Array>): Feed {
  const demuxer = new Demuxer();
  for await (const bytes of output) yield* demuxer.push(bytes);
}
