import { type Node, named, number, text } from './document.ts';

/** What a player makes of a manifest: times in seconds, on the timeline of the manifest. */
export type Manifest = {
  readonly node: Node;
  readonly isDynamic: boolean;
  readonly periods: readonly Period[];
};

export type Period = {
  readonly id: string;
  readonly start: number;
  /** Infinite while it is not said. */
  readonly end: number;
  readonly sets: readonly { readonly node: Node; readonly representations: readonly Representation[] }[];
};

export type Representation = {
  readonly node: Node;
  readonly id: string;
  readonly timescale: number;
  readonly offset: number;
  readonly template: Node | null;
  readonly segments: readonly Segment[];
};

export type Segment = {
  readonly number: number;
  /** In ticks, as the manifest says it. */
  readonly time: number;
  readonly duration: number;
  readonly start: number;
  readonly end: number;
  /** Relative to the manifest. */
  readonly url: string;
};

export const seconds = (duration: string) => Number(/^PT([\d.]+)S$/.exec(duration)?.[1] ?? Number.NaN);

export function read(node: Node): Manifest {
  const periods = named(node, 'Period').map((period) => readPeriod(period));
  return { node, isDynamic: text(node, 'type') === 'dynamic', periods };
}

function readPeriod(node: Node): Period {
  const start = seconds(text(node, 'start'));
  const end = node.attributes.has('duration')
    ? start + seconds(text(node, 'duration'))
    : Number.POSITIVE_INFINITY;
  const sets = named(node, 'AdaptationSet').map((set) => ({
    node: set,
    representations: named(set, 'Representation').map((one) => readRepresentation(one, start)),
  }));
  return { id: text(node, 'id'), start, end, sets };
}

function readRepresentation(node: Node, periodStart: number): Representation {
  const id = text(node, 'id');
  const template = named(node, 'SegmentTemplate')[0] ?? null;
  if (template === null) return { node, id, timescale: 1, offset: 0, template, segments: [] };
  const timescale = number(template, 'timescale', 1);
  const offset = number(template, 'presentationTimeOffset', 0);
  let count = number(template, 'startNumber', 1);
  const segments = timesOf(template).map(({ time, duration }) => {
    const start = periodStart + (time - offset) / timescale;
    const url = text(template, 'media')
      .replaceAll('$Number$', String(count))
      .replaceAll('$RepresentationID$', id);
    return { number: count++, time, duration, start, end: start + duration / timescale, url };
  });
  return { node, id, timescale, offset, template, segments };
}

function timesOf(template: Node): readonly { readonly time: number; readonly duration: number }[] {
  let end = 0;
  return named(template, 'SegmentTimeline').flatMap((timeline) =>
    named(timeline, 'S').flatMap((entry) =>
      Array.from({ length: number(entry, 'r', 0) + 1 }, (_, index) => {
        const time = index === 0 ? number(entry, 't', end) : end;
        const duration = number(entry, 'd');
        end = time + duration;
        return { time, duration };
      }),
    ),
  );
}

/** Every representation of a manifest, with the period that it is in. */
export const representations = ({ periods }: Manifest) =>
  periods.flatMap((period) =>
    period.sets.flatMap((set) =>
      set.representations.map((representation) => ({ period, set, representation })),
    ),
  );

/** Everything that a manifest says can be fetched, relative to it. */
export const urls = (manifest: Manifest): readonly string[] =>
  representations(manifest).flatMap(({ representation: { template, segments } }) => [
    template === null ? '' : text(template, 'initialization'),
    ...segments.map(({ url }) => url),
  ]);
