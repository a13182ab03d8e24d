import { toBase64 } from '../base64.ts';
import * as Avc from '../codecs/avc.ts';
import * as Hevc from '../codecs/hevc.ts';
import { sortSets } from '../codecs/hevc-picture.ts';
import { nalUnits } from '../codecs/nal-units.ts';
import { toHex } from '../hex.ts';
import type { Sample } from '../sample.ts';
import * as H264Payload from './h264.ts';
import * as HevcPayload from './hevc.ts';
import type { Packetizer, PacketizerOptions } from './packetizer.ts';
import { VIDEO_RATE } from './video-receiver.ts';

/** NAL unit types of H.264 that matter here (ISO/IEC 14496-10 table 7-1). */
const AVC = { sequence: 7, delimiter: 9, filler: 12, last: 23 } as const;

/** The same of HEVC (ISO/IEC 23008-2 table 7-1). */
const HEVC = { sequence: 33, delimiter: 35, filler: 38, last: 47 } as const;

const avcType = (unit: Uint8Array) => (unit[0] ?? 0) & 0x1f;
const hevcType = (unit: Uint8Array) => ((unit[0] ?? 0) >> 1) & 0x3f;

function pictures(
  name: string,
  parameters: Readonly<Record<string, string>>,
  payloadType: number,
  payloads: Packetizer['payloads'],
): Packetizer {
  const encoding = { name, clockRate: VIDEO_RATE, channels: 1 };
  const format = { payloadType, encoding, parameters: new Map(Object.entries(parameters)) };
  return { kind: 'video', clockRate: VIDEO_RATE, marksEnd: true, format, payloads };
}

/** H.264 by its `avcC`, in packetization mode 1 (RFC 6184 §6.3, §8.1). Throws MalformedBox. */
export function h264Packetizer(avcC: Uint8Array, { payloadType, maxBytes }: PacketizerOptions): Packetizer {
  const configuration = Avc.readConfiguration(avcC);
  const parameters = {
    'packetization-mode': '1',
    'profile-level-id': toHex(avcC.subarray(1, 4)),
    'sprop-parameter-sets': configuration.parameterSets.map(toBase64).join(','),
  };
  return pictures('H264', parameters, payloadType, (sample) =>
    H264Payload.payloads(sent(sample, configuration, avcType, AVC), maxBytes),
  );
}

/** HEVC by its `hvcC` (RFC 7798 §7.1). Throws MalformedBox. */
export function hevcPacketizer(hvcC: Uint8Array, { payloadType, maxBytes }: PacketizerOptions): Packetizer {
  const configuration = Hevc.readConfiguration(hvcC);
  const { video, sequence, picture } = sortSets(configuration.parameterSets);
  const parameters = {
    'sprop-vps': video.map(toBase64).join(','),
    'sprop-sps': sequence.map(toBase64).join(','),
    'sprop-pps': picture.map(toBase64).join(','),
  };
  return pictures('H265', parameters, payloadType, (sample) =>
    HevcPayload.payloads(sent(sample, configuration, hevcType, HEVC), maxBytes),
  );
}

/**
 * The NAL units of a picture that are sent: without delimiters and filler, which RTP has no use for, nor types that
 * mean something else in RTP; and where decoding can start, behind the parameter sets that it does not bring itself.
 */
function sent(
  { data, sync }: Sample,
  { lengthBytes, parameterSets }: Avc.Configuration,
  typeOf: (unit: Uint8Array) => number,
  types: typeof AVC | typeof HEVC,
): readonly Uint8Array[] {
  const isSent = (type: number) => type <= types.last && type !== types.delimiter && type !== types.filler;
  const units = nalUnits(data, lengthBytes).filter((unit) => isSent(typeOf(unit)));
  const isSelfContained = units.some((unit) => typeOf(unit) === types.sequence);
  return sync && !isSelfContained ? [...parameterSets, ...units] : units;
}
