import type { Member, Presentation } from '../rules/across.ts';
import type { Complete } from '../rules/bandwidths.ts';
import type { Timestamps } from '../rules/timestamps.ts';
import { BASE, lowLatency, MULTIVARIANT, media, multivariant, swap, VOD } from './playlists.ts';

const VIDEO = `${BASE}/v1/index.m3u8`;
const AUDIO = `${BASE}/a1/index.m3u8`;

const LIVE = lowLatency();
const REPORT = '../a1/index.m3u8';

/** The same playlist as the other rendition has it. */
const other = (text: string) => text.replaceAll(REPORT, '../v1/index.m3u8');

type Role = Member['rendition']['role'];

function presentation(video: string, audio: string, roles: readonly [Role, Role] = ['variant', 'media']) {
  const master = multivariant(MULTIVARIANT);
  const tag = master.variants[0] ?? master.media[0];
  if (tag === undefined) throw new Error('the example has no variant');
  const [first, second] = [media(video, VIDEO), media(other(audio), AUDIO)];
  return {
    multivariant: master,
    members: [
      { rendition: { url: VIDEO, role: roles[0], tag }, playlist: first, askedAtMs: 0, answeredAtMs: 5 },
      { rendition: { url: AUDIO, role: roles[1], tag }, playlist: second, askedAtMs: 10, answeredAtMs: 15 },
    ],
  } satisfies Presentation;
}

const changed = (from: string, to: string) => presentation(swap(LIVE, from, to), LIVE);
const RANGE = '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:30Z"\n';
const DATES = /#EXT-X-PROGRAM-DATE-TIME:.*\n/g;
const startAt = (seconds: string) => `#EXT-X-START:TIME-OFFSET=${seconds}\n`;

export const GOOD_PRESENTATIONS: readonly Presentation[] = [
  presentation(LIVE, LIVE),
  presentation(VOD, VOD),
  presentation(LIVE, lowLatency({ open: 3 })),
];

/** For each rule on playlists together, a presentation that breaks it and no other. */
export const BROKEN_PRESENTATIONS: Readonly<Record<string, Presentation>> = {
  'target-durations': changed('TARGETDURATION:2', 'TARGETDURATION:3'),
  'playlist-types': presentation(VOD, swap(VOD, '#EXT-X-PLAYLIST-TYPE:VOD\n', '')),
  'server-controls': changed('HOLD-BACK=6.0', 'HOLD-BACK=8.0'),
  'date-times': presentation(LIVE.replaceAll(DATES, ''), LIVE),
  discontinuities: presentation(LIVE, lowLatency({ restart: 14 })),
  content: presentation(
    VOD,
    `${swap(VOD, '#EXT-X-ENDLIST\n', '#EXTINF:2.0,\ne0/3.m4s\n#EXTINF:2.0,\ne0/4.m4s\n')}#EXT-X-ENDLIST\n`,
  ),
  'date-ranges': presentation(`${LIVE}${RANGE}`, `${LIVE}${swap(RANGE, 'ID="1"', 'ID="2"')}`),
  starts: {
    ...presentation(`${VOD}${startAt('1')}`, VOD),
    multivariant: multivariant(`${MULTIVARIANT}${startAt('2')}`),
  },
  'i-frames': presentation(VOD, VOD, ['variant', 'i-frames']),
  reports: presentation(LIVE.replace(/#EXT-X-RENDITION-REPORT.*\n/, ''), LIVE),
  'report-known': presentation(`${LIVE}#EXT-X-RENDITION-REPORT:URI="../a9/index.m3u8",LAST-MSN=18\n`, LIVE),
  'report-part': changed(',LAST-PART=1', ''),
  'report-current': changed('LAST-MSN=18', 'LAST-MSN=19'),
};

const moments = (url: string, shiftMs: number, first = 0) => ({
  url,
  moments: [0, 1].map((number) => ({
    number,
    discontinuitySequence: 0,
    dateTime: 1_000_000 + number * 2_000 + shiftMs,
    shownAt: first + number * 2,
  })),
});

export const GOOD_TIMESTAMPS: readonly Timestamps[] = [
  { isVod: false, renditions: [moments(VIDEO, 0), moments(AUDIO, 21)] },
];

export const BROKEN_TIMESTAMPS: Readonly<Record<string, Timestamps>> = {
  'date-mapping': { isVod: false, renditions: [moments(VIDEO, 0), moments(AUDIO, 120)] },
  'first-timestamp': { isVod: true, renditions: [moments(VIDEO, 0), moments(AUDIO, 1_000, 1)] },
};

const SIZES = [
  { duration: 2, bytes: 200_000 },
  { duration: 2, bytes: 100_000 },
];

/** Video peaks at 800 kb/s and audio at 128: see BANDWIDTH in the playlist. */
function complete(bandwidth: number, average: number): Complete {
  const text = MULTIVARIANT.replace(
    /BANDWIDTH=1000000,AVERAGE-BANDWIDTH=900000/,
    () => `BANDWIDTH=${bandwidth},AVERAGE-BANDWIDTH=${average}`,
  );
  const audio = [
    { duration: 2, bytes: 32_000 },
    { duration: 2, bytes: 32_000 },
  ];
  const sizes = new Map([
    [VIDEO, SIZES],
    [AUDIO, audio],
  ]);
  return { multivariant: multivariant(text), targetDuration: 2, sizes };
}

export const GOOD_COMPLETES: readonly Complete[] = [complete(928_000, 728_000), complete(930_000, 729_000)];

export const BROKEN_COMPLETES: Readonly<Record<string, Complete>> = {
  'bandwidth-peak': complete(900_000, 728_000),
  'bandwidth-average': complete(928_000, 600_000),
};
