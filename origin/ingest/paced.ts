import { type Milliseconds, type Seconds, toSeconds } from '../../media/time.ts';
import type { Feed } from '../packaging/feed.ts';

/** What a server sends at once to those who come, and more: a minute of a live stream at a time is not live. */
const AHEAD_MAX: Seconds = 10;

/** A feed read no faster than it plays, but for its first seconds. */
export async function* paced(feed: Feed, now: () => Milliseconds): Feed {
  const startedMs = now();
  let timescales: ReadonlyMap<number, number> = new Map();
  let first: Seconds | null = null;
  for await (const event of feed) {
    yield event;
    if (event.kind === 'movie')
      timescales = new Map(event.tracks.map(({ id, timescale }) => [id, timescale]));
    else {
      const [run] = event.runs;
      const at = toSeconds(run?.samples.at(-1)?.dts ?? 0, timescales.get(run?.trackId ?? 0) ?? 1);
      first ??= at;
      const aheadMs = (at - first - AHEAD_MAX) * 1000 - (now() - startedMs);
      if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    }
  }
}
