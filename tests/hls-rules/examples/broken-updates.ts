import type { Delta } from '../rules/deltas.ts';
import type { Update } from '../rules/updates.ts';
import { lowLatency, media, type Shape, swap, VOD } from './playlists.ts';

const BEFORE = lowLatency();
/** One part later. */
const AFTER = lowLatency({ open: 3 });

const between = (before: string, after: string): Update => ({ before: media(before), after: media(after) });
const shapes = (before: Shape, after: Shape) => between(lowLatency(before), lowLatency(after));
const changed = (from: string, to: string) => between(BEFORE, swap(AFTER, from, to));

const RANGE = '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:30Z"\n';
const SEQUENCE = '#EXT-X-DISCONTINUITY-SEQUENCE:0\n';

/** A plain live window. */
const PLAIN = VOD.replace('#EXT-X-PLAYLIST-TYPE:VOD\n', '').replace(
  '#EXT-X-ENDLIST\n',
  '#EXTINF:2.00000,\ne0/3.m4s\n',
);

/** The window without the tag that counts discontinuities. */
const uncounted = (shape: Shape) => swap(lowLatency(shape), SEQUENCE, '');

export const GOOD_UPDATES: readonly Update[] = [
  between(BEFORE, BEFORE),
  between(BEFORE, AFTER),
  shapes({}, { from: 11, open: 1 }),
  shapes({ from: 11 }, { from: 12 }),
  shapes({ from: 12 }, { from: 13 }),
  between(BEFORE, `${AFTER}#EXT-X-ENDLIST\n`),
  between(VOD, VOD),
];

/** For each rule on how a playlist may change, a change that breaks it and no other. */
export const BROKEN_UPDATES: Readonly<Record<string, Update>> = {
  'target-duration-constant': changed('TARGETDURATION:2', 'TARGETDURATION:3'),
  'header-constant': changed('PART-HOLD-BACK=1.5', 'PART-HOLD-BACK=2.0'),
  'media-sequence-back': shapes({ from: 14, count: 7 }, { from: 13, count: 8 }),
  'media-sequence-counts': between(PLAIN, swap(PLAIN, 'MEDIA-SEQUENCE:0', 'MEDIA-SEQUENCE:1')),
  'segments-constant': changed('#EXTINF:2.00000,\ne1/10.m4s', '#EXTINF:2.00001,\ne1/10.m4s'),
  'segments-kept': between(PLAIN, swap(PLAIN, '#EXTINF:2.00000,\ne0/3.m4s\n', '')),
  'date-time-constant': between(
    BEFORE,
    AFTER.replace('T00:00:20.000Z', 'T00:00:20.100Z').replace('T00:00:24.000Z', 'T00:00:24.100Z'),
  ),
  'parts-constant': changed('DURATION=0.50000,URI="e2/18.0.m4s"', 'DURATION=0.45000,URI="e2/18.0.m4s"'),
  'discontinuity-sequence-back': between(swap(BEFORE, SEQUENCE, '#EXT-X-DISCONTINUITY-SEQUENCE:1\n'), AFTER),
  'discontinuity-sequence-counts': between(
    lowLatency({ from: 11 }),
    swap(lowLatency({ from: 12 }), 'DISCONTINUITY-SEQUENCE:1', 'DISCONTINUITY-SEQUENCE:0'),
  ),
  'discontinuity-sequence-present': between(uncounted({}), uncounted({ from: 11 })),
  'end-final': between(`${BEFORE}#EXT-X-ENDLIST\n`, AFTER),
  'type-constant': between(VOD, swap(VOD, 'TYPE:VOD', 'TYPE:EVENT')),
  'live-length': shapes({ count: 3 }, { from: 11, count: 2 }),
  'hint-kept': between(swap(BEFORE, 'URI="e2/18.2.m4s"', 'URI="e2/18.9.m4s"'), AFTER),
  'date-range-kept': between(`${BEFORE}${RANGE}`, AFTER),
};

const delta = (text: string): Delta => ({
  older: media(BEFORE),
  delta: media(text),
  full: media(AFTER),
});
const DELTA = lowLatency({ open: 3, skipped: 2 });

export const GOOD_DELTAS: readonly Delta[] = [
  delta(DELTA),
  delta(lowLatency({ open: 3, skipped: 1 })),
  delta(lowLatency({ open: 3, skipped: 4 })),
];

/** For each rule on delta updates, one that breaks it and no other. */
export const BROKEN_DELTAS: Readonly<Record<string, Delta>> = {
  'delta-segments': delta(swap(DELTA, '#EXTINF:2.00000,\ne2/14.m4s', '#EXTINF:2.00000,\ne2/99.m4s')),
  'delta-tail': delta(swap(DELTA, '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e2/18.3.m4s"\n', '')),
  'delta-sequence': delta(swap(DELTA, 'DISCONTINUITY-SEQUENCE:0', 'DISCONTINUITY-SEQUENCE:1')),
};
