import type { Format } from '../../media/sdp/media.ts';
import { formatsOf, type OfferedFormat, type Section } from '../webrtc/description.ts';

/** How a track is sent to one viewer: with the payload types of its offer. */
export type Agreed = {
  /** Of the codec, as the offer writes it. */
  readonly name: string;
  readonly payloadType: number;
  /** Of what is sent again (RFC 4588); null where the viewer does not take it. */
  readonly repairType: number | null;
};

const NAMES: Readonly<Record<string, string>> = { H264: 'H.264', H265: 'HEVC', OPUS: 'Opus' };

const codecOf = ({ encoding }: Format): string => encoding?.name.toUpperCase() ?? '';

/** What people call the codec of a format. */
export const nameOf = (format: Format): string => NAMES[codecOf(format)] ?? codecOf(format);

/** The payload type of a section that can take a format; null when none can. */
export function agreeOn(format: Format, section: Section): Agreed | null {
  const offered = formatsOf(section);
  const fitting = offered.filter((one) => one.name.toUpperCase() === codecOf(format) && fits(format, one));
  const [first] = fitting.toSorted((a, b) => likeness(format, b) - likeness(format, a));
  if (first === undefined) return null;
  const { name, payloadType } = first;
  return { name, payloadType, repairType: repairOf(first, offered) };
}

/** A parameter of `a=fmtp`, in lower case. */
const said = ({ parameters }: OfferedFormat, name: string): string | null =>
  new RegExp(`(?:^|;)\\s*${name}=([^;\\s]*)`, 'i').exec(parameters)?.[1]?.toLowerCase() ?? null;

/** What is said where nothing is: RFC 6184 §8.1, RFC 9628 §6.1, and the RTP payload format for AV1, §7.2.1. */
function fits(format: Format, offered: OfferedFormat): boolean {
  const isSame = (name: string, fallback: string) =>
    (said(offered, name) ?? fallback) === (format.parameters.get(name) ?? fallback);
  switch (codecOf(format)) {
    case 'H264':
      // Whole NAL units alone would not do: pictures are larger than packets.
      return said(offered, 'packetization-mode') === '1';
    case 'VP9':
      return isSame('profile-id', '0');
    case 'AV1':
      return isSame('profile', '0');
    default:
      return true;
  }
}

/**
 * Browsers list each profile of H.264 that they know, and play more than they list. So the same one is best, and any
 * other is worth a try: constraints (the second byte) matter less than the profile (the first).
 */
function likeness(format: Format, offered: OfferedFormat): number {
  const [own, theirs] = [format.parameters.get('profile-level-id'), said(offered, 'profile-level-id')];
  if (own === undefined || theirs === null) return 0;
  return [4, 2].filter((digits) => own.slice(0, digits).toLowerCase() === theirs.slice(0, digits)).length;
}

const repairOf = ({ payloadType }: OfferedFormat, offered: readonly OfferedFormat[]): number | null =>
  offered.find((one) => one.name.toLowerCase() === 'rtx' && said(one, 'apt') === String(payloadType))
    ?.payloadType ?? null;
