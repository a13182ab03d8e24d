import type { PictureCodec } from '../../../media/rtp/picture.ts';
import { formatsOf, lackOf, namesOf, narrow, type Section, sectionsOf } from '../../webrtc/description.ts';

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

/** Reads an SDP offer (RFC 8866, RFC 9725 §4.2) and picks one codec for the picture and one for the sound. */
export function readOffer(sdp: string): ReadOffer {
  const read = sectionsOf(sdp);
  if (read === null) return { kind: 'refused', reason: 'the body is not an SDP offer' };
  const { session, media } = read;
  const reason = problemOf(session, media);
  if (reason !== null) return { kind: 'refused', reason };
  const video = media.find(({ kind }) => kind === 'video');
  const audio = media.find(({ kind }) => kind === 'audio');
  const chosenVideo = video === undefined ? null : chooseVideo(video);
  const chosenAudio = audio === undefined ? null : chooseAudio(audio);
  if (video !== undefined && chosenVideo === null) return refuse(video, 'H.264, VP9 or AV1');
  if (audio !== undefined && chosenAudio === null) return refuse(audio, 'Opus');
  const typeOf = (section: Section) => (section === video ? chosenVideo : chosenAudio)?.payloadType ?? 0;
  const kept = media.flatMap((section) => narrow(section, [typeOf(section)]));
  const text = [...session.lines, ...kept, ''].join('\r\n');
  return { kind: 'offer', offer: { sdp: text, video: chosenVideo, audio: chosenAudio } };
}

function problemOf(session: Section, media: readonly Section[]): string | null {
  if (media.length === 0) return 'the offer has no media';
  const strange = media.find(({ kind }) => kind !== 'audio' && kind !== 'video');
  if (strange !== undefined) return `the offer has m=${strange.kind}, and only audio and video are taken`;
  const kinds = new Set(media.map(({ kind }) => kind));
  if (kinds.size < media.length) return 'the offer has more than one audio or more than one video track';
  for (const section of media) {
    const { kind } = section;
    const says = (line: string) =>
      [...session.lines, ...section.lines].some((other) => other.startsWith(line));
    if (says('a=recvonly') || says('a=inactive')) return `the offer sends no ${kind}: it has to be sendonly`;
    const lack = lackOf(session, section, ['a=ssrc:']);
    if (lack !== null) return `the offer has no ${lack} for its ${kind}`;
  }
  return null;
}

const refuse = (section: Section, taken: string): ReadOffer => ({
  kind: 'refused',
  reason: `the offer has no ${section.kind} codec that is taken: ${taken}, not ${namesOf(section)}`,
});

function chooseVideo(section: Section): Chosen<PictureCodec> | null {
  const offered = formatsOf(section);
  for (const codec of VIDEO_CODECS) {
    const found = offered.find(
      ({ name, parameters }) => name.toUpperCase() === codec && !REFUSED_PARAMETERS[codec].test(parameters),
    );
    if (found !== undefined) return { codec, payloadType: found.payloadType };
  }
  return null;
}

function chooseAudio(section: Section): Chosen<'opus'> | null {
  const found = formatsOf(section).find(({ name }) => name.toLowerCase() === 'opus');
  return found === undefined ? null : { codec: 'opus', payloadType: found.payloadType };
}
