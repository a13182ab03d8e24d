import type { LowLatency } from './low-latency.ts';
import type { Period, PeriodTrack } from './period.ts';
import type { Video } from './rendition.ts';
import { frameRate, representation } from './representation.ts';
import { type Element, element } from './xml.ts';

/**
 * The tracks of a period in sets that a player may switch within (ISO/IEC 23009-1 §5.3.3). Tracks of one encoder run
 * are cut together and start with a key frame, hence `segmentAlignment` and `startWithSAP`.
 */
export function adaptationSets(period: Period, lowLatency: LowLatency | null): readonly Element[] {
  const groups = [...Map.groupBy(period.tracks, setOf).values()];
  return groups.map((tracks, index) => {
    const kind = tracks[0]?.rendition.media.kind ?? 'video';
    const isMain = groups.findIndex((group) => group[0]?.rendition.media.kind === kind) === index;
    return element(
      'AdaptationSet',
      {
        id: index + 1,
        contentType: kind,
        mimeType: `${kind}/mp4`,
        lang: language(tracks),
        segmentAlignment: 'true',
        startWithSAP: 1,
        ...bounds(tracks),
      },
      role(isMain ? 'main' : 'alternate'),
      ...tracks.map((track) => representation(period, track, lowLatency)),
    );
  });
}

/** Pictures switch between sizes, not between coders; sound switches between bit rates of the same sound. */
function setOf({ rendition: { media } }: PeriodTrack): string {
  if (media.kind === 'video') return `video ${media.codec.split('.')[0]}`;
  return `audio ${media.codec} ${media.language} ${media.channels}`;
}

/** `xs:language`, as RFC 5646 has it; other words, and `und`, say nothing. */
const LANGUAGE = /^(?!und$)[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$/;

function language([first]: readonly PeriodTrack[]): string | null {
  const media = first?.rendition.media;
  return media?.kind === 'audio' && LANGUAGE.test(media.language) ? media.language : null;
}

function bounds(tracks: readonly PeriodTrack[]): Element['attributes'] {
  const videos = tracks.flatMap(({ rendition: { media } }) => (media.kind === 'video' ? [media] : []));
  const fastest = videos.toSorted((a, b) => rate(b) - rate(a))[0];
  if (fastest === undefined) return {};
  return {
    maxWidth: Math.max(...videos.map(({ width }) => width)),
    maxHeight: Math.max(...videos.map(({ height }) => height)),
    maxFrameRate: frameRate(fastest),
  };
}

const rate = ({ frameRate: { num, den } }: Video) => num / den;

/** §5.8.5.5: a player that is not told otherwise takes the main one. */
const role = (value: 'main' | 'alternate') =>
  element('Role', { schemeIdUri: 'urn:mpeg:dash:role:2011', value });
