import type { Format } from '../../media/sdp/media.ts';
import { namesOf, narrow, type Section, sectionsOf } from '../webrtc/description.ts';
import { type Agreed, agreeOn, nameOf } from './agreement.ts';

type Kind = 'video' | 'audio';

/** What a channel has for a viewer; null where it has none of a kind. */
export type Wanted = Readonly<Record<Kind, Format | null>>;

export type Offer = {
  /** The offer with nothing in it but what is sent; what else it has is put back by `complete`. */
  readonly sdp: string;
  readonly agreed: Readonly<Record<Kind, Agreed | null>>;
  /** The media section that ICE candidates are for: all media shares one transport. */
  readonly mid: string;
  /** Puts the sections that are declined into the answer to `sdp`. */
  readonly complete: (answer: string) => string;
};

/** 400: it is no offer of a viewer. 422: it can't be answered with what the channel has. */
export type Refused = { readonly kind: 'refused'; readonly status: 400 | 422; readonly reason: string };

export type ReadOffer = { readonly kind: 'offer'; readonly offer: Offer } | Refused;

/** Media sections of an offer; browsers send two. */
const SECTIONS_MAX = 16;

/**
 * Reads a viewer's SDP offer (RFC 8866, draft-ietf-wish-whep-03 §4.2) for what a channel has. One that can't be
 * answered is never a 406: that brings an offer of the server.
 */
export function readOffer(sdp: string, wanted: Wanted): ReadOffer {
  const read = sectionsOf(sdp);
  if (read === null) return refused(400, 'the body is not an SDP offer');
  const { session, media } = read;
  const problem = problemOf(session, media);
  if (problem !== null) return refused(400, problem);
  const sender = media.find(({ lines }) => lines.some((line) => SENDING.test(line)));
  if (sender !== undefined)
    return refused(422, `the offer receives no ${sender.kind}: it has to be recvonly`);
  return answerable(session, media, wanted);
}

const refused = (status: Refused['status'], reason: string): Refused => ({ kind: 'refused', status, reason });

/** "The inactive and sendonly attributes MUST NOT be used" (draft-ietf-wish-whep-03 §4.2.5). */
const SENDING = /^a=(?:sendonly|inactive)$/;

/** Attributes that an offer can't do without, wherever they stand. */
const NEEDED = ['a=ice-ufrag:', 'a=ice-pwd:', 'a=fingerprint:', 'a=mid:'] as const;

function problemOf(session: Section, media: readonly Section[]): string | null {
  if (media.length === 0) return 'the offer has no media';
  if (media.length > SECTIONS_MAX) return `the offer has more than ${SECTIONS_MAX} media sections`;
  const all = [session, ...media].flatMap(({ lines }) => lines);
  const lack = NEEDED.find((need) => !all.some((line) => line.startsWith(need)));
  return lack === undefined ? null : `the offer has no ${lack.slice(0, -1)}`;
}

type Kept = { readonly section: Section; readonly agreed: Agreed };

function answerable(session: Section, media: readonly Section[], wanted: Wanted): ReadOffer {
  const kept: Partial<Record<Kind, Kept>> = {};
  for (const kind of ['video', 'audio'] as const) {
    const format = wanted[kind];
    const section = media.find((candidate) => candidate.kind === kind && !isDeclined(candidate));
    if (format === null || section === undefined) continue;
    const agreed = agreeOn(format, section);
    if (agreed === null) return refused(422, mismatch(kind, format, section));
    kept[kind] = { section, agreed };
  }
  const inOrder = media.flatMap(
    (section) => [kept.video, kept.audio].find((one) => one?.section === section) ?? [],
  );
  const [first] = inOrder;
  if (first === undefined)
    return refused(422, `the offer has no section for what the channel has: ${has(wanted)}`);
  const transport = transportOf(media);
  const sections = inOrder.flatMap(({ section, agreed }) => carried(section, agreed, transport));
  return {
    kind: 'offer',
    offer: {
      sdp: [...session.lines, ...sections, ''].join('\r\n'),
      agreed: { video: kept.video?.agreed ?? null, audio: kept.audio?.agreed ?? null },
      mid: midOf(first.section),
      complete: (answer) =>
        withDeclined(answer, media, (section) => inOrder.some((one) => one.section === section)),
    },
  };
}

/** Port 0 without this is a section that is not used (RFC 9429 §5.2.1). */
const isDeclined = ({ lines: [head = '', ...lines] }: Section) =>
  head.split(' ')[1] === '0' && !lines.includes('a=bundle-only');

const midOf = ({ lines }: Section) =>
  lines.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length) ?? '0';

const mismatch = (kind: Kind, format: Format, section: Section) =>
  `the channel's ${kind} is ${nameOf(format)}, which the offer does not take: it has ${namesOf(section)}`;

const has = ({ video, audio }: Wanted) =>
  [video && 'video', audio && 'audio'].filter((kind) => kind !== null).join(' and ') || 'nothing';

/** What says how media is carried. It is the same for all sections of a bundle (RFC 9143 §7.1.3). */
const TRANSPORT = /^a=(?:ice-ufrag|ice-pwd|ice-options|fingerprint|setup|candidate|end-of-candidates)\b/;

/** That of the first section that says it: those that are only for a bundle need not. */
const transportOf = (media: readonly Section[]): readonly string[] =>
  media.map(({ lines }) => lines.filter((line) => TRANSPORT.test(line))).find(({ length }) => length > 0) ??
  [];

function carried(
  section: Section,
  { payloadType, repairType }: Agreed,
  transport: readonly string[],
): string[] {
  const [head = '', ...lines] = narrow(section, [payloadType, ...(repairType === null ? [] : [repairType])]);
  const own = lines.filter((line) => !TRANSPORT.test(line));
  return [withPort(head, 9), ...own, ...transport];
}

/** 9 stands for a port that ICE finds, 0 for a section that is declined (RFC 9429 §5.2.1, §5.3.1). */
const withPort = (head: string, port: number) => head.replace(/^(m=\S+) \d+/, `$1 ${port}`);

/** The answer with a section for each of the offer. */
function withDeclined(
  answer: string,
  media: readonly Section[],
  isKept: (section: Section) => boolean,
): string {
  const read = sectionsOf(answer);
  const kept = [...(read?.media ?? [])];
  const sections = media.map((section) => (isKept(section) ? kept.shift()?.lines : declined(section)) ?? []);
  return [...(read?.session.lines ?? []), ...sections.flat(), ''].join('\r\n');
}

const declined = (section: Section) => [
  withPort(section.lines[0] ?? '', 0),
  'c=IN IP4 0.0.0.0',
  'a=inactive',
  `a=mid:${midOf(section)}`,
];
