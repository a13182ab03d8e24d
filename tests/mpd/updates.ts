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
  const known = new Map(told(before).map((one) => [one.key, one]));
  return told(after).flatMap((one) => {
    const earlier = known.get(one.key);
    if (earlier === undefined || isKept(earlier, one)) return [];
    return [`${one.key}: ${earlier.at}+${earlier.seconds} s, then ${one.at}+${one.seconds} s`];
  });
}

type Told = {
  readonly key: string;
  /** What must stay as it is: its address, and its time in seconds. */
  readonly url: string;
  readonly at: number;
  readonly seconds: number;
  readonly isLast: boolean;
  /** It grows, or is about to: its duration is a guess, and so is the time of the one behind it. */
  readonly isGuess: boolean;
};

/** How much longer or shorter than expected a segment may be once it is whole: two frames of sound. */
const GUESS_SECONDS = 0.05;

/** Segments whose end is a guess where segments can be had early: the one that grows, and the next. */
const GUESSED = 2;

/** A segment that grows may also end early, with its source. */
function isKept(earlier: Told, now: Told): boolean {
  const [longer, later] = [now.seconds - earlier.seconds, now.at - earlier.at];
  if (earlier.url !== now.url) return false;
  if (!earlier.isGuess) return later === 0 && longer === 0;
  return (
    Math.abs(later) <= GUESS_SECONDS && (Math.abs(longer) <= GUESS_SECONDS || (now.isLast && longer < 0))
  );
}

const told = (manifest: Manifest): readonly Told[] =>
  representations(manifest).flatMap(
    ({ period, representation: { id, template, timescale, offset, segments } }) =>
      segments.map(({ number, time, duration, url }, index) => {
        const fromLast = segments.length - index;
        const isEarly = template?.attributes.has('availabilityTimeOffset') ?? false;
        return {
          ...{ key: `${period.id} ${id} ${number}`, url, at: (time - offset) / timescale },
          ...{ seconds: duration / timescale, isLast: fromLast === 1 },
          isGuess: isEarly && fromLast <= GUESSED,
        };
      }),
  );
