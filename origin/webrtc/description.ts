/** A part of a session description: its first lines, or a media description. */
export type Section = {
  /** `session`, `audio`, `video` or another. */
  readonly kind: string;
  readonly lines: readonly string[];
};

/** A codec of a section, by its `a=rtpmap` and `a=fmtp` (RFC 8866 §6.6, §6.15). */
export type OfferedFormat = {
  readonly payloadType: number;
  readonly name: string;
  /** As they stand after the payload type; empty where there are none. */
  readonly parameters: string;
};

/** An offer, cut at its `m=` lines; null for what is no session description with media. */
export function sectionsOf(sdp: string): { session: Section; media: readonly Section[] } | null {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  const starts = lines.flatMap((line, index) => (index === 0 || line.startsWith('m=') ? [index] : []));
  const [session, ...media] = starts.map((start, index) => ({
    kind: /^m=(\S+)/.exec(lines[start] ?? '')?.[1] ?? 'session',
    lines: lines.slice(start, starts[index + 1]),
  }));
  return session?.lines[0] === 'v=0' ? { session, media } : null;
}

/** Attributes that media over WebRTC can't do without. */
const NEEDED = ['a=ice-ufrag:', 'a=ice-pwd:', 'a=fingerprint:', 'a=mid:'] as const;

/** Which attribute a section lacks, here and in the session; null when it has all. */
export function lackOf(session: Section, { lines }: Section, more: readonly string[] = []): string | null {
  const all = [...session.lines, ...lines];
  const lacking = [...NEEDED, ...more].find((need) => !all.some((line) => line.startsWith(need)));
  return lacking?.slice(0, -1) ?? null;
}

/** The codecs of a section, in the order of the offer. */
export function formatsOf({ lines }: Section): OfferedFormat[] {
  return lines.flatMap((line) => {
    const [, payloadType = '', name = ''] = /^a=rtpmap:(\d{1,3}) ([\w.-]+)\/\d+/.exec(line) ?? [];
    if (name === '') return [];
    const start = `a=fmtp:${payloadType} `;
    const parameters = lines.find((other) => other.startsWith(start))?.slice(start.length) ?? '';
    return [{ payloadType: Number(payloadType), name, parameters }];
  });
}

/** Names of codecs that a refusal lists, at most. */
const NAMES_MAX = 16;

/** What a section offers, for a refusal: `VP8, rtx`. */
export const namesOf = (section: Section): string =>
  [...new Set(formatsOf(section).map(({ name }) => name))].slice(0, NAMES_MAX).join(', ') || 'none';

/** Attributes of one payload type; others are of the whole section. */
const OF_FORMAT = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+|\*)/;

/**
 * Left out of every section: simulcast, of which one layer is taken (RFC 8853 §5.3.1 lets an answer leave it out),
 * header extensions, and transport-wide feedback, which werift sends in a way that lets Chromium's rate collapse.
 */
const LEFT_OUT = /^a=(?:simulcast|rid|extmap):?|transport-cc$/;

/** The section with nothing in it but these payload types. */
export function narrow({ lines: [head = '', ...lines] }: Section, payloadTypes: readonly number[]): string[] {
  const types = payloadTypes.map(String);
  const kept = lines.filter((line) => {
    const [, format] = OF_FORMAT.exec(line) ?? [];
    return !LEFT_OUT.test(line) && (format === undefined || format === '*' || types.includes(format));
  });
  const [media, port, protocol] = head.split(' ');
  return [[media, port, protocol, ...types].join(' '), ...kept];
}
