import { type Check, must, when } from '../check.ts';
import { number, text } from '../playlist/attributes.ts';
import type { Tag } from '../playlist/lines.ts';
import type { MultivariantPlaylist } from '../playlist/multivariant-playlist.ts';

/** Length in seconds and bytes of a segment that exists. */
export type Size = { readonly duration: number; readonly bytes: number };

/** A presentation all of whose segments have been created. */
export type Complete = {
  readonly multivariant: MultivariantPlaylist;
  readonly targetDuration: number;
  /** Segments of each media playlist, by its absolute URL. */
  readonly sizes: ReadonlyMap<string, readonly Size[]>;
};

/** A declared rate may be rounded up, not more. */
const SLACK = 0.02;

const bitRate = (list: readonly Size[]) => {
  const seconds = list.reduce((sum, { duration }) => sum + duration, 0);
  const bytes = list.reduce((sum, one) => sum + one.bytes, 0);
  return seconds === 0 ? 0 : (8 * bytes) / seconds;
};

/**
 * "The peak segment bit rate … is the largest bit rate of any contiguous set of segments whose total duration is
 * between 0.5 and 1.5 times the target duration" (§4.1).
 */
function peak(list: readonly Size[], targetDuration: number): number {
  let most = 0;
  for (let from = 0; from < list.length; from++) {
    let seconds = 0;
    for (let to = from; to < list.length && seconds <= 1.5 * targetDuration; to++) {
      seconds += list[to]?.duration ?? 0;
      const fits = seconds >= 0.5 * targetDuration && seconds <= 1.5 * targetDuration;
      if (fits) most = Math.max(most, bitRate(list.slice(from, to + 1)));
    }
  }
  return most === 0 ? bitRate(list) : most;
}

/** URLs of the renditions of a group that a variant may be played with. */
const groupUrls = ({ multivariant }: Complete, tag: Tag, type: string) =>
  multivariant.media
    .filter(({ attributes }) => text(attributes, 'TYPE') === type)
    .filter(({ attributes }) => text(attributes, 'GROUP-ID') === text(tag.attributes, type))
    .flatMap(({ attributes }) => text(attributes, 'URI') ?? [])
    .map((uri) => new URL(uri, multivariant.url).href);

/** The largest sum of rates that any playable combination of renditions produces. */
function largest(complete: Complete, url: string, tag: Tag, rate: (list: readonly Size[]) => number): number {
  const of = (one: string) => rate(complete.sizes.get(one) ?? []);
  const groups = ['AUDIO', 'SUBTITLES'].map((type) => groupUrls(complete, tag, type).map(of));
  return of(url) + groups.reduce((sum, rates) => sum + Math.max(0, ...rates), 0);
}

/** Variants whose attribute is not the rate that their segments have. */
const wrong = (complete: Complete, name: string, rate: (list: readonly Size[]) => number) =>
  complete.multivariant.renditions
    .filter(({ role, url }) => role !== 'media' && complete.sizes.has(url))
    .flatMap(({ url, tag }) => {
      const said = number(tag.attributes, name);
      const is = largest(complete, url, tag, rate);
      const isRight = said === null || (said >= Math.floor(is) && said <= is * (1 + SLACK) + 1);
      return when(!isRight, `${new URL(url).pathname}: ${name} is ${said}, its media ${Math.ceil(is)}`);
    });

/** Rules on the bit rates of what is complete. */
export const BANDWIDTHS: readonly Check<Complete>[] = [
  must(
    'bandwidth-peak',
    '§4.4.6.2',
    'BANDWIDTH MUST be the largest sum of peak segment bit rates of any playable combination.',
    (complete) => wrong(complete, 'BANDWIDTH', (list) => peak(list, complete.targetDuration)),
  ),
  must(
    'bandwidth-average',
    '§4.4.6.2',
    'AVERAGE-BANDWIDTH MUST be the largest sum of average segment bit rates of any playable combination.',
    (complete) => wrong(complete, 'AVERAGE-BANDWIDTH', bitRate),
  ),
];
