import { type Check, must, when } from '../check.ts';
import { number, text } from '../playlist/attributes.ts';
import { dateTimes, endsAt, hasDateTimes } from '../playlist/date-times.ts';
import { tagsNamed } from '../playlist/lines.ts';
import { durationOf, type Edge, edgeOf, type MediaPlaylist } from '../playlist/media-playlist.ts';
import type { MultivariantPlaylist, Rendition } from '../playlist/multivariant-playlist.ts';

export type Member = {
  readonly rendition: Rendition;
  readonly playlist: MediaPlaylist;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
};

/** All playlists of a presentation, asked for at the same time. */
export type Presentation = {
  readonly multivariant: MultivariantPlaylist;
  readonly members: readonly Member[];
};

const name = ({ rendition }: Member) => new URL(rendition.url).pathname;

/** Says what each member has, when it is not the same for all. */
function unlike(members: readonly Member[], of: (member: Member) => string): readonly string[] {
  const values = members.map((member) => `${name(member)}: ${of(member) || 'none'}`);
  return when(new Set(members.map(of)).size > 1, values.join('; '));
}

/** I-frame playlists of films may have other target durations (§6.2.4). */
const mayDiffer = ({ playlist }: Member) => playlist.iFramesOnly && playlist.type === 'VOD';

const controlOf = ({ playlist }: Member) =>
  [...(playlist.control?.attributes ?? [])]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');

/** Where each discontinuity starts, by its number; that of the first segment listed is not known. */
const breaks = ({ playlist }: Member) => {
  const times = dateTimes(playlist);
  return new Map(
    playlist.segments.flatMap(({ discontinuity, discontinuitySequence }, index) =>
      discontinuity ? [[discontinuitySequence, times[index] ?? null] as const] : [],
    ),
  );
};

function misaligned({ members }: Presentation): readonly string[] {
  const [first, ...others] = members;
  if (first === undefined) return [];
  const own = breaks(first);
  const mostMs = first.playlist.targetDuration * 1000;
  return others.flatMap((member) =>
    [...breaks(member)].flatMap(([sequence, at]) => {
      const other = own.get(sequence);
      const isOff = at !== null && other != null && Math.abs(at - other) > mostMs;
      return when(
        isOff,
        `discontinuity ${sequence} of ${name(member)} is ${(at ?? 0) - (other ?? 0)} ms off`,
      );
    }),
  );
}

/** Ends of two playlists differ by no more than a target duration, and what passed between the answers. */
function unequalContent({ members }: Presentation): readonly string[] {
  const listed = members.filter(({ playlist }) => !playlist.iFramesOnly && playlist.segments.length > 0);
  const most = Math.min(...listed.map(({ playlist }) => playlist.targetDuration)) * 1000;
  const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
  const lengths = listed.map(({ playlist }) => durationOf(playlist) * 1000);
  const ends = listed.flatMap(({ playlist }) => endsAt(playlist) ?? []);
  const passed = spread(listed.map(({ answeredAtMs }) => answeredAtMs));
  if (listed.every(({ playlist }) => playlist.ended))
    return when(spread(lengths) > most, `lengths differ by ${Math.round(spread(lengths))} ms`);
  const isOff = ends.length === listed.length && spread(ends) > most + passed;
  return when(isOff, `ends differ by ${Math.round(spread(ends))} ms`);
}

/** The members that a member's reports speak of, by URL. */
const reportsOf = ({ playlist }: Member) =>
  new Map(
    playlist.reports.map(({ attributes }) => [
      new URL(text(attributes, 'URI') ?? '', playlist.url).pathname,
      attributes,
    ]),
  );

const isLowLatency = ({ playlist }: Member) =>
  playlist.partTarget !== null && !playlist.ended && !playlist.iFramesOnly;

function missingReports({ members }: Presentation): readonly string[] {
  const live = members.filter(isLowLatency);
  return live.flatMap((member) => {
    const reports = reportsOf(member);
    return live
      .filter((other) => other !== member && !reports.has(name(other)))
      .map((other) => `${name(member)} has no report on ${name(other)}`);
  });
}

/** Each report, with the playlist that it speaks of. An attribute left out is that of the playlist itself. */
const reported = ({ members }: Presentation) =>
  members.flatMap((member) =>
    [...reportsOf(member)].map(([path, attributes]) => {
      const own = edgeOf(member.playlist);
      const edge = {
        msn: number(attributes, 'LAST-MSN') ?? own.msn,
        part: number(attributes, 'LAST-PART') ?? (attributes.has('LAST-MSN') ? null : own.part),
      };
      return { member, path, attributes, edge, other: members.find((one) => name(one) === path) ?? null };
    }),
  );

const isBehind = (one: Edge, other: Edge) =>
  one.msn < other.msn || (one.msn === other.msn && (one.part ?? 99) < (other.part ?? 0));

/** A report is ahead of a later answer, or a segment behind an earlier one. */
function staleReports(presentation: Presentation): readonly string[] {
  return reported(presentation).flatMap(({ member, path, edge, other }) => {
    if (other === null) return [];
    const actual = edgeOf(other.playlist);
    const isAhead = other.askedAtMs >= member.answeredAtMs && isBehind(actual, edge);
    const isOld = other.answeredAtMs <= member.askedAtMs && edge.msn < actual.msn - 1;
    const said = `${name(member)} reports ${edge.msn}.${edge.part} of ${path}`;
    return when(isAhead || isOld, `${said}, which is at ${actual.msn}.${actual.part}`);
  });
}

const dateRangesOf = ({ playlist }: Member) =>
  [...new Set(playlist.dateRanges.map(({ value }) => value))].sort();

/** Rules on the playlists of one presentation together. */
export const ACROSS: readonly Check<Presentation>[] = [
  must(
    'target-durations',
    '§6.2.4',
    'Each Media Playlist in each Variant Stream and Rendition MUST have the same Target Duration.',
    ({ members }) =>
      unlike(
        members.filter((member) => !mayDiffer(member)),
        ({ playlist }) => String(playlist.targetDuration),
      ),
  ),
  must(
    'playlist-types',
    '§6.2.4',
    'If any Media Playlists have an EXT-X-PLAYLIST-TYPE tag, all MUST have one with the same value.',
    ({ members }) => unlike(members, ({ playlist }) => playlist.type ?? ''),
  ),
  must(
    'server-controls',
    '§6.2.4',
    'If any has EXT-X-SERVER-CONTROL, all MUST contain that tag, with the same attributes and values.',
    ({ members }) => unlike(members, controlOf),
  ),
  must(
    'date-times',
    '§6.2.4',
    'If any Media Playlist contains an EXT-X-PROGRAM-DATE-TIME tag, then all MUST contain them.',
    ({ members }) =>
      unlike(
        members.filter(({ playlist }) => playlist.segments.length > 0),
        ({ playlist }) => (hasDateTimes(playlist) ? 'dated' : 'undated'),
      ),
  ),
  must(
    'discontinuities',
    '§6.2.4',
    'Matching content MUST have matching Discontinuity Sequence Numbers.',
    misaligned,
  ),
  must(
    'content',
    '§6.2.4',
    'Content that only one has MUST be at an end, and MUST NOT be longer than the Target Duration.',
    unequalContent,
  ),
  must(
    'date-ranges',
    '§6.2.4',
    'Any Playlist with Date Ranges MUST contain the same set as the others that do.',
    ({ members }) =>
      unlike(
        members.filter(({ playlist }) => playlist.dateRanges.length > 0),
        (member) => dateRangesOf(member).join(' | '),
      ),
  ),
  must(
    'starts',
    '§4.4.2.2',
    'An EXT-X-START tag that appears in both playlists MUST have the same value.',
    ({ multivariant, members }) => {
      const own = tagsNamed(multivariant.lines, 'EXT-X-START')[0]?.value;
      return members.flatMap((member) => {
        const other = tagsNamed(member.playlist.lines, 'EXT-X-START')[0]?.value;
        const isOther = own !== undefined && other !== undefined && own !== other;
        return when(isOther, `${own}, and ${other} in ${name(member)}`);
      });
    },
  ),
  must(
    'i-frames',
    '§4.4.6.3',
    'The playlist of EXT-X-I-FRAME-STREAM-INF MUST contain EXT-X-I-FRAMES-ONLY.',
    ({ members }) =>
      members
        .filter(({ rendition, playlist }) => (rendition.role === 'i-frames') !== playlist.iFramesOnly)
        .map((member) => `${name(member)} is ${member.playlist.iFramesOnly ? '' : 'not '}of I-frames only`),
  ),
  must(
    'reports',
    'Appendix B.1',
    'Media Playlists of the Low-Latency profile have Rendition Reports on all others.',
    missingReports,
  ),
  must(
    'report-known',
    '§4.4.5.4',
    'A Rendition Report is on a Media Playlist of the presentation.',
    (presentation) =>
      reported(presentation)
        .filter(({ other }) => other === null)
        .map(({ member, path }) => `${name(member)} reports on ${path}`),
  ),
  must(
    'report-part',
    '§4.4.5.4',
    'LAST-PART is REQUIRED if the Rendition contains a Partial Segment.',
    (presentation) =>
      reported(presentation)
        .filter(({ other, attributes }) => {
          const hasParts = other !== null && edgeOf(other.playlist).part !== null;
          return hasParts && attributes.has('LAST-MSN') && !attributes.has('LAST-PART');
        })
        .map(({ member, path }) => `${name(member)} on ${path}`),
  ),
  must(
    'report-current',
    '§4.4.5.4',
    'A Rendition Report is as up-to-date as the Playlist that contains it.',
    staleReports,
  ),
];
