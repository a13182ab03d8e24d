import type { InitFacts, MediaFacts } from '../media/facts.ts';
import type { Served } from '../rules/media.ts';
import { lowLatency, media } from './playlists.ts';

const playlist = media(lowLatency());
const [before, segment] = [playlist.segments.at(-2), playlist.segments.at(-1)];
if (before === undefined || segment === undefined) throw new Error('the example has no segments');

const INIT: InitFacts = {
  tracks: [],
  timescale: 1_000,
  handler: 'vide',
  brands: ['iso6', 'cmfc'],
  hasSamples: false,
  offset: 0,
};

const facts = (change: Partial<MediaFacts> = {}): MediaFacts => ({
  time: 2_000,
  duration: 2_000,
  shownAt: 2,
  startsIndependent: true,
  hasIndependent: true,
  isSelfContained: true,
  ...change,
});

const bytes = Uint8Array.of(1, 2, 3, 4);
const partsOf = (change: Partial<MediaFacts> = {}) =>
  segment.parts.map((part, index) => ({
    part,
    media: {
      ok: true as const,
      facts: facts({ duration: 500, hasIndependent: part.independent, ...change }),
    },
    bytes: bytes.subarray(index, index + 1),
  }));

const served = (change: Partial<Served> = {}): Served => ({
  segment,
  independentSegments: true,
  iFramesOnly: false,
  init: { ok: true, facts: INIT },
  media: { ok: true, facts: facts() },
  bytes,
  parts: partsOf(),
  before: { segment: before, media: facts({ time: 0 }) },
  ...change,
});

const init = (change: Partial<InitFacts>) => served({ init: { ok: true, facts: { ...INIT, ...change } } });
const body = (change: Partial<MediaFacts>) => served({ media: { ok: true, facts: facts(change) } });

export const GOOD_MEDIA: readonly Served[] = [
  served(),
  served({ parts: [], before: null }),
  served({ independentSegments: false, media: { ok: true, facts: facts({ startsIndependent: false }) } }),
];

/** For each rule on media, a segment that breaks it and no other. */
export const BROKEN_MEDIA: Readonly<Record<string, Served>> = {
  'init-readable': served({ init: { ok: false, problem: 'has no ftyp' } }),
  'init-brand': init({ brands: ['mp41'] }),
  'init-empty': init({ hasSamples: true }),
  'segment-readable': served({ media: { ok: false, problem: 'traf: has no tfdt' } }),
  'segment-self-contained': body({ isSelfContained: false }),
  'segment-independent': body({ startsIndependent: false }),
  'segment-continuous': body({ time: 2_001 }),
  'segment-length': body({ duration: 1_900 }),
  'segment-is-its-parts': served({ bytes: Uint8Array.of(1, 2, 3) }),
  'part-length': served({ parts: partsOf({ duration: 490 }) }),
  'part-independent': served({ parts: partsOf({ hasIndependent: false }) }),
  'part-independent-said': served({ parts: partsOf({ hasIndependent: true }) }),
};
