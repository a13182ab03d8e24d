import { text } from './document.ts';
import { type Manifest, representations } from './manifest.ts';

/** What an update of a live manifest must leave as it was (ISO/IEC 23009-1 §5.4): each change that it made. */
export function changes(before: Manifest, after: Manifest): readonly string[] {
  return [...ofManifest(before, after), ...ofPeriods(before, after), ...ofSegments(before, after)];
}

function ofManifest(before: Manifest, after: Manifest): readonly string[] {
  const start = text(before.node, 'availabilityStartTime') !== text(after.node, 'availabilityStartTime');
  const isNewer = text(after.node, 'publishTime') > text(before.node, 'publishTime');
  const isSame = JSON.stringify(tell(before)) === JSON.stringify(tell(after));
  return [
    ...(start ? ['availabilityStartTime'] : []),
    ...(isNewer || isSame ? [] : ['publishTime stood still']),
  ];
}

const tell = (manifest: Manifest) =>
  representations(manifest).map(({ period, representation: { id, segments } }) => [period.id, id, segments]);

function ofPeriods(before: Manifest, after: Manifest): readonly string[] {
  return after.periods.flatMap((period) => {
    const known = before.periods.find(({ id }) => id === period.id);
    if (known === undefined) return [];
    const isSame =
      known.start === period.start && (known.end === Number.POSITIVE_INFINITY || known.end === period.end);
    return isSame
      ? []
      : [`Period ${period.id}: ${known.start} to ${known.end}, then ${period.start} to ${period.end}`];
  });
}

function ofSegments(before: Manifest, after: Manifest): readonly string[] {
  const known = new Map(keyed(before));
  return keyed(after).flatMap(([key, told]) => {
    const earlier = known.get(key);
    return earlier === undefined || earlier === told ? [] : [`${key}: ${earlier}, then ${told}`];
  });
}

const keyed = (manifest: Manifest) =>
  representations(manifest).flatMap(({ period, representation: { id, offset, segments } }) =>
    segments.map(
      ({ number, time, duration, url }) =>
        [`${period.id} ${id} ${number}`, `${time - offset}+${duration} ${url}`] as const,
    ),
  );
