import { type Check, must, should, when } from '../check.ts';
import { type Answer, isSame } from '../client/ask.ts';
import { durationOf, type Edge, edgeOf, type MediaPlaylist } from '../playlist/media-playlist.ts';

/** A request whose answer is prescribed. */
export type Probe =
  /** `_HLS_part` alone. */
  | { readonly kind: 'part-alone'; readonly answer: Answer }
  /** `_HLS_msn` three beyond the last segment. */
  | { readonly kind: 'far-segment'; readonly answer: Answer }
  /** `_HLS_part` further ahead than the Advance Part Limit. */
  | { readonly kind: 'far-part'; readonly answer: Answer }
  /** All directives, where the playlist has ended. */
  | { readonly kind: 'ended'; readonly answer: Answer; readonly plain: Answer }
  | {
      readonly kind: 'blocked';
      readonly asked: Edge;
      readonly answer: Answer;
      readonly playlist: MediaPlaylist;
    }
  /** `_HLS_msn` of a segment that is long there, or gone. */
  | { readonly kind: 'old'; readonly playlist: MediaPlaylist; readonly plain: MediaPlaylist }
  | { readonly kind: 'skip'; readonly delta: MediaPlaylist; readonly full: MediaPlaylist }
  /** A hinted part, asked for before it was listed, and again when it was. */
  | {
      readonly kind: 'hint';
      readonly held: Answer;
      readonly listed: Answer;
      readonly partTarget: number;
    }
  /** A segment just after it was removed, or a part three Target Durations after that. */
  | { readonly kind: 'removed-segment'; readonly answer: Answer }
  | { readonly kind: 'removed-part'; readonly answer: Answer }
  /** Media that is nowhere named. */
  | { readonly kind: 'absent'; readonly answer: Answer }
  /** One media URL, asked twice. */
  | { readonly kind: 'again'; readonly first: Answer; readonly second: Answer };

type Kind = Probe['kind'];
type Of<K extends Kind> = Extract<Probe, { kind: K }>;

/** Looks at probes of one kind. */
const on =
  <K extends Kind>(kind: K, run: (probe: Of<K>) => readonly string[]) =>
  (probe: Probe): readonly string[] =>
    isOf(probe, kind) ? run(probe) : [];

const isOf = <K extends Kind>(probe: Probe, kind: K): probe is Of<K> => probe.kind === kind;

const isNot = (status: number) => (probe: { readonly answer: Answer }) =>
  when(probe.answer.status !== status, `status ${probe.answer.status} instead of ${status}`);

const gone = ({ answer }: { readonly answer: Answer }) =>
  when(answer.status !== 200, `${new URL(answer.url).pathname}: status ${answer.status}`);

/** Beyond this, a part is sent as it is made (§6.2.6). */
const TRICKLE_SHARE = 0.5;

/** A blocked answer that came three Target Durations late, and what the network adds. */
const LATE_TARGETS = 3;
const LATE_SLACK_MS = 1_000;

/** Whether a playlist holds what a blocking request asked for (§6.2.5.2). */
function holds(playlist: MediaPlaylist, { msn, part }: Edge): boolean {
  const edge = edgeOf(playlist);
  if (part === null) return playlist.open.number > msn;
  if (edge.msn !== msn) return edge.msn > msn;
  const isComplete = playlist.open.number > msn;
  return (edge.part ?? -1) >= part || (isComplete && edge.part === null);
}

const name = ({ msn, part }: Edge) => `${msn}${part === null ? '' : `.${part}`}`;

/** Rules on Delivery Directives and hinted resources. */
export const PROBES: readonly Check<Probe>[] = [
  must(
    'part-alone',
    '§6.2.5.2',
    'With an _HLS_part directive but no _HLS_msn directive, the Server MUST return Bad Request.',
    on('part-alone', isNot(400)),
  ),
  // SHOULD in the draft; Headwater promises it.
  must(
    'far-segment',
    '§6.2.5.2',
    'If _HLS_msn is greater than the last number plus two, the server SHOULD return Bad Request.',
    on('far-segment', isNot(400)),
  ),
  should(
    'far-part',
    '§6.2.5.2',
    'If _HLS_part exceeds the last part by the Advance Part Limit, the server SHOULD return Bad Request.',
    on('far-part', isNot(400)),
  ),
  must(
    'directives-at-end',
    '§6.2.5.1, §6.2.5.2',
    'A Server MUST ignore _HLS_msn, _HLS_part and _HLS_skip if the Playlist contains EXT-X-ENDLIST.',
    on('ended', ({ answer, plain }) =>
      when(
        answer.status !== 200 || !isSame(answer.bytes, plain.bytes),
        `status ${answer.status}, ${answer.bytes.byteLength} bytes instead of ${plain.bytes.byteLength}`,
      ),
    ),
  ),
  must(
    'blocked-served',
    '§6.2.5.2',
    'A request for the next part or segment is answered with it, or late with Service Unavailable.',
    on('blocked', ({ asked, answer }) =>
      when(answer.status !== 200 && answer.status !== 503, `${name(asked)}: status ${answer.status}`),
    ),
  ),
  must(
    'blocked-until',
    '§6.2.5.2',
    'The Server MUST defer responding until the Playlist contains the segment or part, or a later one.',
    on('blocked', ({ asked, answer, playlist }) =>
      when(
        answer.status === 200 && !holds(playlist, asked),
        `${name(asked)} was asked for, ${name(edgeOf(playlist))} is the last`,
      ),
    ),
  ),
  should(
    'blocked-too-long',
    '§6.2.5.2',
    'After blocking for more than three Target Durations a Server SHOULD return Service Unavailable.',
    on('blocked', ({ asked, answer, playlist }) => {
      const ms = answer.answeredAtMs - answer.askedAtMs;
      const isLate = ms > LATE_TARGETS * playlist.targetDuration * 1000 + LATE_SLACK_MS;
      return when(isLate && answer.status !== 503, `${name(asked)} took ${Math.round(ms)} ms`);
    }),
  ),
  must(
    'blocked-whole',
    '§6.2.5.2',
    'The Server MUST deliver the entire Playlist, even if the requested segment is no longer in it.',
    on('old', ({ playlist, plain }) =>
      when(
        playlist.open.number < plain.open.number || playlist.skipped > 0 || playlist.segments.length === 0,
        `it ends at ${playlist.open.number - 1}, the playlist at ${plain.open.number - 1}`,
      ),
    ),
  ),
  must(
    'skip-served',
    '§6.2.5.1',
    'To a request with _HLS_skip it MUST respond with a Playlist Delta Update.',
    on('skip', ({ delta, full }) => {
      const boundary = full.control?.canSkipUntil ?? Number.POSITIVE_INFINITY;
      const isLonger = durationOf(full) - (full.segments[0]?.duration ?? 0) > boundary;
      return when(
        isLonger && !full.ended && delta.skipped === 0,
        `${durationOf(full)} s, and nothing skipped`,
      );
    }),
  ),
  must(
    'hint-served',
    '§6.2.6',
    'A hinted resource MUST be available for request when its EXT-X-PRELOAD-HINT is added.',
    on('hint', ({ held }) =>
      when(held.status !== 200 && held.status !== 206, `${held.url}: status ${held.status}`),
    ),
  ),
  must(
    'hint-same',
    '§4.4.5.3',
    'A hinted resource is that which is subsequently added to the Playlist.',
    on('hint', ({ held, listed }) =>
      when(
        held.status === 200 && !isSame(held.bytes, listed.bytes),
        `${held.url} had other bytes when listed`,
      ),
    ),
  ),
  must(
    'hint-whole',
    '§6.2.6',
    'The server MUST refrain from transmitting any bytes of a part until all of it can be transmitted.',
    on('hint', ({ held, partTarget }) => {
      const ms = held.answeredAtMs - held.firstByteAtMs;
      return when(ms > TRICKLE_SHARE * partTarget * 1000, `${held.url} took ${Math.round(ms)} ms to arrive`);
    }),
  ),
  must(
    'removed-segment',
    '§6.2.2',
    'Clients MUST be able to download a removed segment until the end of its Availability Duration.',
    on('removed-segment', gone),
  ),
  must(
    'removed-part',
    '§6.2.2',
    'Clients MUST be able to download a part for three Target Durations after its tag is removed.',
    on('removed-part', gone),
  ),
  must(
    'absent-not-found',
    '§6.2.6',
    'The server SHOULD respond with Not Found to a request for what it cannot find and did not hint.',
    on('absent', isNot(404)),
  ),
  must(
    'media-constant',
    'RFC 8246',
    'The same media URL is the same bytes, for ever and on every edge.',
    on('again', ({ first, second }) =>
      when(!isSame(first.bytes, second.bytes), `${second.url} has other bytes than before`),
    ),
  ),
];
