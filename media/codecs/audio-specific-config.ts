import { MalformedBox } from '../isobmff/box.ts';
import { Bits } from './bits.ts';

/** What an AudioSpecificConfig says of the frames of AAC. */
export type AacStream = {
  /** Hz, of what is heard: twice the core's with spectral band replication. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples that a frame becomes, at `sampleRate`. */
  readonly frameSamples: number;
};

/** By `samplingFrequencyIndex` (ISO/IEC 14496-3 table 1.18); the last three are reserved, escaped ones follow. */
const RATES = [
  ...[96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000],
  ...[12_000, 11_025, 8_000, 7_350],
] as const;
const ESCAPE = 15;

/** By `channelConfiguration` (table 1.19); 0 says that a program config element describes them. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8] as const;

/** Audio object types: spectral band replication, parametric stereo, the escape (table 1.17). */
const SBR = 5;
const PS = 29;
const ESCAPED_TYPE = 31;

/** Those whose GASpecificConfig is read: AAC main, LC, SSR, LTP; error resilient LC, LTP, scalable, LD. */
const GENERAL: ReadonlySet<number> = new Set([1, 2, 3, 4, 17, 19, 20, 23]);
const LOW_DELAY = 23;

/** Reads an AudioSpecificConfig (§1.6.2.1). Throws MalformedBox, also for what is not AAC. */
export function readStream(config: Uint8Array): AacStream {
  const bits = new Bits(config, 'AudioSpecificConfig');
  const first = readType(bits);
  const coreRate = readRate(bits);
  const configuration = bits.read(4);
  const isExtended = first === SBR || first === PS;
  const sampleRate = isExtended ? readRate(bits) : coreRate;
  const type = isExtended ? readType(bits) : first;
  if (!GENERAL.has(type)) throw new MalformedBox('AudioSpecificConfig', `audio object type ${type}`);
  const coreSamples = readFrameSamples(bits, type);
  const channels = configuration === 0 ? readProgram(bits) : CHANNELS[configuration];
  if (!channels) throw new MalformedBox('AudioSpecificConfig', `channel configuration ${configuration}`);
  return { sampleRate, channels, frameSamples: Math.round((coreSamples * sampleRate) / coreRate) };
}

function readType(bits: Bits): number {
  const type = bits.read(5);
  return type === ESCAPED_TYPE ? 32 + bits.read(6) : type;
}

function readRate(bits: Bits): number {
  const index = bits.read(4);
  const rate = index === ESCAPE ? bits.read(24) : RATES[index];
  if (!rate) throw new MalformedBox('AudioSpecificConfig', `sampling frequency index ${index}`);
  return rate;
}

/** The start of a GASpecificConfig (§4.4.1): the frame's length, and flags. */
function readFrameSamples(bits: Bits, type: number): number {
  const isShort = bits.flag();
  if (bits.flag()) bits.skip(14);
  bits.skip(1);
  if (type === LOW_DELAY) return isShort ? 480 : 512;
  return isShort ? 960 : 1024;
}

/** The channels of a program config element (§4.4.1.1): one for each single element, two for each pair. */
function readProgram(bits: Bits): number {
  bits.skip(10);
  const inPairs = bits.read(4) + bits.read(4) + bits.read(4);
  const low = bits.read(2);
  bits.skip(3 + 4);
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(3);
  let channels = low;
  for (let element = 0; element < inPairs; element++) {
    channels += bits.flag() ? 2 : 1;
    bits.skip(4);
  }
  return channels;
}
