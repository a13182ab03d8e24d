import type { Labelled, Metrics } from '../../runtime/metrics.ts';
import type { Feed } from '../packaging/feed.ts';
import type { Admission, Admit, Door, Publishing, RefusalCode } from './door.ts';

/** What went through one door. */
type Count = {
  admitted: number;
  bytes: number;
  readonly publishers: Set<Publishing>;
  readonly refused: Map<RefusalCode, number>;
};

const DOORS: readonly Door[] = ['rtmp', 'srt', 'whip', 'rtsp', 'cmaf'];

/** Counts who comes through each door, who is turned away and why, and the media that is taken. */
export function counted(admit: Admit, metrics: Metrics): Admit {
  const counts = new Map(DOORS.map((door) => [door, emptyCount()]));
  addTo(metrics, counts);
  return (claim) => {
    const admission = admit(claim);
    const count = counts.get(claim.door);
    return count === undefined ? admission : note(admission, count);
  };
}

const emptyCount = (): Count => ({ admitted: 0, bytes: 0, publishers: new Set(), refused: new Map() });

function note(admission: Admission, count: Count): Admission {
  if (admission.kind === 'refused') {
    count.refused.set(admission.code, (count.refused.get(admission.code) ?? 0) + 1);
    return admission;
  }
  const { publishing } = admission;
  count.admitted += 1;
  count.publishers.add(publishing);
  const release = () => {
    count.publishers.delete(publishing);
    publishing.release();
  };
  const take = (feed: Feed) => publishing.take(weighed(feed, count));
  return { kind: 'admitted', publishing: { signal: publishing.signal, take, release } };
}

async function* weighed(feed: Feed, count: Count): Feed {
  for await (const event of feed) {
    if (event.kind === 'samples')
      for (const { samples } of event.runs) for (const { data } of samples) count.bytes += data.byteLength;
    yield event;
  }
}

function addTo(metrics: Metrics, counts: ReadonlyMap<Door, Count>): void {
  const each = (read: (count: Count) => number) => () =>
    [...counts].map(([door, count]): Labelled => ({ labels: { door }, value: read(count) }));
  const refused = () =>
    [...counts].flatMap(([door, count]) =>
      [...count.refused].map(([reason, value]) => ({ labels: { door, reason }, value })),
    );
  const name = (rest: string) => `headwater_origin_${rest}`;
  metrics.addEach(
    name('publishers'),
    'Publishers let in and not gone',
    ['door'],
    each((one) => one.publishers.size),
  );
  metrics.addEach(
    name('publishings_total'),
    'Publishers let in',
    ['door'],
    each((one) => one.admitted),
  );
  metrics.addEach(
    name('published_bytes_total'),
    'Media taken of publishers',
    ['door'],
    each((one) => one.bytes),
  );
  metrics.addEach(name('refused_total'), 'Publishers turned away', ['door', 'reason'], refused);
}
