import type { PictureCodec } from '../../../media/rtp/picture.ts';

/** A codec of the offer that is taken. */
export type Chosen<Codec> = { readonly codec: Codec; readonly payloadType: number };

/** What a publisher wants to send, as far as it is taken. */
export type Offer = {
  /** The offer with nothing in it but what is taken. */
  readonly sdp: string;
  readonly video: Chosen<PictureCodec> | null;
  readonly audio: Chosen<'opus'> | null;
};

export type ReadOffer =
  | { readonly kind: 'offer'; readonly offer: Offer }
  /** One line for the publisher. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Codecs in the order in which they are liked: H.264 plays everywhere, and AV1 costs a browser most to encode. */
const VIDEO_CODECS = ['H264', 'VP9', 'AV1'] as const;

/** Parameters that say that a payload is not what is read here: interleaved NAL units (RFC 6184 §6.4), or profiles that few players know. */
const REFUSED_PARAMETERS: Readonly<Record<PictureCodec, RegExp>> = {
  H264: /packetization-mode=2/,
  VP9: /profile-id=[123]/,
  AV1: /profile=[12]/,
};

type Section = {
  readonly kind: string;
  readonly lines: readonly string[];
};

/** A codec of a section, by its `a=rtpmap` and `a=fmtp` (RFC 8866 §6.6, §6.15). */
type Format = { readonly payloadType: number; readonly name: string; readonly parameters: string };

/** Reads an SDP offer (RFC 8866, RFC 9725 §4.2) and picks one codec for the picture and one for the sound. */
export function readOffer(sdp: string): ReadOffer {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  const [session, ...media] = sections(lines);
  const reason = session?.lines[0] === 'v=0' ? problemOf(session, media) : 'the body is not an SDP offer';
  if (reason !== null || session === undefined) return { kind: 'refused', reason: reason ?? '' };
  const video = media.find(({ kind }) => kind === 'video');
  const audio = media.find(({ kind }) => kind === 'audio');
  const chosenVideo = video === undefined ? null : chooseVideo(video);
  const chosenAudio = audio === undefined ? null : chooseAudio(audio);
  if (video !== undefined && chosenVideo === null) return refuse(video, 'video', 'H.264, VP9 or AV1');
  if (audio !== undefined && chosenAudio === null) return refuse(audio, 'audio', 'Opus');
  const kept = media.map((section) => narrow(section, section === video ? chosenVideo : chosenAudio));
  const text = [...session.lines, ...kept.flat(), ''].join('\r\n');
  return { kind: 'offer', offer: { sdp: text, video: chosenVideo, audio: chosenAudio } };
}

function sections(lines: readonly string[]): Section[] {
  const starts = lines.flatMap((line, index) => (index === 0 || line.startsWith('m=') ? [index] : []));
  return starts.map((start, index) => ({
    kind: /^m=(\S+)/.exec(lines[start] ?? '')?.[1] ?? 'session',
    lines: lines.slice(start, starts[index + 1]),
  }));
}

function problemOf(session: Section, media: readonly Section[]): string | null {
  if (media.length === 0) return 'the offer has no media';
  const strange = media.find(({ kind }) => kind !== 'audio' && kind !== 'video');
  if (strange !== undefined) return `the offer has m=${strange.kind}, and only audio and video are taken`;
  const kinds = new Set(media.map(({ kind }) => kind));
  if (kinds.size < media.length) return 'the offer has more than one audio or more than one video track';
  for (const { kind, lines } of media) {
    const all = [...session.lines, ...lines];
    const has = (start: string) => all.some((line) => line.startsWith(start));
    if (has('a=recvonly') || has('a=inactive')) return `the offer sends no ${kind}: it has to be sendonly`;
    for (const need of ['a=ice-ufrag:', 'a=ice-pwd:', 'a=fingerprint:', 'a=mid:', 'a=ssrc:'])
      if (!has(need)) return `the offer has no ${need.slice(0, -1)} for its ${kind}`;
  }
  return null;
}

const refuse = (section: Section, kind: string, taken: string): ReadOffer => {
  const offered = [...new Set(formats(section).map(({ name }) => name))].slice(0, 16).join(', ');
  return {
    kind: 'refused',
    reason: `the offer has no ${kind} codec that is taken: ${taken}, not ${offered || 'none'}`,
  };
};

function formats({ lines }: Section): Format[] {
  return lines.flatMap((line) => {
    const [, payloadType = '', name = ''] = /^a=rtpmap:(\d{1,3}) ([\w.-]+)\/\d+/.exec(line) ?? [];
    if (name === '') return [];
    const fmtp = lines.find((other) => other.startsWith(`a=fmtp:${payloadType} `)) ?? '';
    return [{ payloadType: Number(payloadType), name, parameters: fmtp }];
  });
}

function chooseVideo(section: Section): Chosen<PictureCodec> | null {
  const offered = formats(section);
  for (const codec of VIDEO_CODECS) {
    const found = offered.find(
      ({ name, parameters }) => name.toUpperCase() === codec && !REFUSED_PARAMETERS[codec].test(parameters),
    );
    if (found !== undefined) return { codec, payloadType: found.payloadType };
  }
  return null;
}

function chooseAudio(section: Section): Chosen<'opus'> | null {
  const found = formats(section).find(({ name }) => name.toLowerCase() === 'opus');
  return found === undefined ? null : { codec: 'opus', payloadType: found.payloadType };
}

/** Attributes of one payload type; others are of the whole section. */
const OF_FORMAT = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+|\*)/;

/**
 * Left out of every section: simulcast, of which one layer is taken (RFC 8853 §5.3.1 lets an answer leave it out), and
 * transport-wide feedback, which werift sends in a way that lets Chromium's rate collapse.
 */
const LEFT_OUT = /^a=(?:simulcast|rid|extmap):?|transport-cc$/;

function narrow({ lines: [head = '', ...lines] }: Section, chosen: Chosen<string> | null): string[] {
  const payloadType = String(chosen?.payloadType ?? 0);
  const kept = lines.filter((line) => {
    const [, format] = OF_FORMAT.exec(line) ?? [];
    return !LEFT_OUT.test(line) && (format === undefined || format === payloadType || format === '*');
  });
  const [media, port, protocol] = head.split(' ');
  return [[media, port, protocol, payloadType].join(' '), ...kept];
}
