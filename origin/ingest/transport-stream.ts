import type { Milliseconds } from '../../media/time.ts';
import type { Feed } from '../packaging/feed.ts';
import { Unusable } from './contents.ts';
import { Entrance } from './entrance.ts';
import { remux } from './remux.ts';

/**
 * How long ffmpeg looks before it says what there is; it does so to the end. The entrance has seen to it that a key
 * frame comes first, so this is for the first frames of sound.
 */
const ANALYSED_US = 500_000;

/** Half a second at 80 Mb/s. */
const ANALYSED_MAX_BYTES = 5_000_000;

const INPUT_ARGS = [
  ...['-protocol_whitelist', 'pipe', '-fpsprobesize', '0'],
  ...['-analyzeduration', `${ANALYSED_US}`, '-probesize', `${ANALYSED_MAX_BYTES}`],
  ...['-f', 'mpegts', '-i', 'pipe:0'],
];

/**
 * An MPEG transport stream, in pieces of any size, as a feed. It throws Unusable where there is nothing to be taken,
 * and whatever the stream throws.
 */
export async function* fromTransportStream(stream: AsyncIterable<Uint8Array>, now: () => Milliseconds): Feed {
  const pieces = stream[Symbol.asyncIterator]();
  try {
    const entrance = new Entrance(now());
    for (;;) {
      const piece = await pieces.next();
      if (piece.done) throw new Unusable('the transport stream ended before a key frame came');
      const entered = entrance.push(piece.value, now());
      if (entered === null) continue;
      const input = following(entered.start, pieces);
      const { feed } = await remux({ inputArgs: INPUT_ARGS, input, contents: entered.contents });
      yield* feed;
      return;
    }
  } finally {
    await pieces.return?.();
  }
}

async function* following(
  start: Uint8Array,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield start;
  for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) yield piece.value;
}
