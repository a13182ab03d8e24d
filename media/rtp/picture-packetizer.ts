import { toBase64 } from '../base64.ts';
import { LEFT_OUT, readObus, SEQUENCE_HEADER } from '../codecs/av1-obu.ts';
import { AV1C_BYTES } from '../codecs/av1-sequence.ts';
import * as Avc from '../codecs/avc.ts';
import * as Hevc from '../codecs/hevc.ts';
import { sortSets } from '../codecs/hevc-picture.ts';
import { nalUnits } from '../codecs/nal-units.ts';
import { toHex } from '../hex.ts';
import { join } from '../join.ts';
import type { Sample } from '../sample.ts';
import * as Av1Payload from './av1.ts';
import * as H264Payload from './h264.ts';
import * as HevcPayload from './hevc.ts';
import type { Packetizer, PacketizerOptions } from './payload.ts';
import { VIDEO_RATE } from './video-receiver.ts';
import * as Vp9Payload from './vp9.ts';

/** NAL unit types of H.264 that matter here (ISO/IEC 14496-10 table 7-1). */
const AVC = { first: 1, sequence: 7, delimiter: 9, filler: 12, last: 23 } as const;

/** The same of HEVC (ISO/IEC 23008-2 table 7-1). */
const HEVC = { first: 0, sequence: 33, delimiter: 35, filler: 38, last: 47 } as const;

const avcType = (unit: Uint8Array) => (unit[0] ?? 0) & 0x1f;
const hevcType = (unit: Uint8Array) => ((unit[0] ?? 0) >> 1) & 0x3f;

function pictures(
  name: string,
  parameters: Readonly<Record<string, string>>,
  payloadType: number,
  payloads: Packetizer['payloads'],
): Packetizer {
  const encoding = { name, clockRate: VIDEO_RATE, channels: 1 };
  // Parameter sets that are in the samples alone are not described.
  const said = Object.entries(parameters).filter(([, value]) => value !== '');
  const format = { payloadType, encoding, parameters: new Map(said) };
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
  const { lengthBytes, parameterSets } = Hevc.readConfiguration(hvcC);
  // Encoders list what they say of themselves there as well, which is no parameter set.
  const { video, sequence, picture } = sortSets(parameterSets);
  const configuration = { lengthBytes, parameterSets: [...video, ...sequence, ...picture] };
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
  const { first, last, delimiter, filler } = types;
  const isSent = (type: number) => type >= first && type <= last && type !== delimiter && type !== filler;
  const units = nalUnits(data, lengthBytes).filter((unit) => isSent(typeOf(unit)));
  const isSelfContained = units.some((unit) => typeOf(unit) === types.sequence);
  return sync && !isSelfContained ? [...parameterSets, ...units] : units;
}

/** VP9 by its `vpcC`, version and flags included (RFC 9628 §6). */
export function vp9Packetizer(vpcC: Uint8Array, { payloadType, maxBytes }: PacketizerOptions): Packetizer {
  let id = 0;
  const payloads = ({ data, sync }: Sample) => {
    id += 1;
    return Vp9Payload.payloads({ frame: data, id, isPredicted: !sync }, maxBytes);
  };
  return pictures('VP9', { 'profile-id': String(vpcC[4] ?? 0) }, payloadType, payloads);
}

/** AV1 by its `av1C` (RTP Payload Format For AV1 v1.0 §7.2.1). Throws MalformedBox. */
export function av1Packetizer(av1C: Uint8Array, { payloadType, maxBytes }: PacketizerOptions): Packetizer {
  const [, profileLevel = 0, flags = 0] = av1C;
  const parameters = {
    profile: String(profileLevel >> 5),
    'level-idx': String(profileLevel & 0x1f),
    tier: String(flags >> 7),
  };
  const described = readObus(av1C.subarray(AV1C_BYTES));
  return pictures('AV1', parameters, payloadType, ({ data, sync }) => {
    const obus = readObus(data).filter(({ type }) => !LEFT_OUT.has(type));
    const isSelfContained = obus.some(({ type }) => type === SEQUENCE_HEADER);
    const all = sync && !isSelfContained ? [...described, ...obus] : obus;
    const elements = all.map(({ header, payload }) => join([header, payload]));
    return Av1Payload.payloads(elements, sync, maxBytes);
  });
}
