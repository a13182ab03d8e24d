import { MalformedBox } from '../isobmff/box.ts';

/** What the header of a frame of MP3 says. */
export type Mp3Stream = {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples in each frame. */
  readonly frameSamples: number;
  /** Of this frame, its header included; null where its bit rate is not said ("free format"). */
  readonly bytes: number | null;
};

/** By version (MPEG-2.5, reserved, MPEG-2, MPEG-1) and index (ISO/IEC 11172-3 §2.4.2.3, ISO/IEC 13818-3 §2.4.2.3). */
const RATES = [[11_025, 12_000, 8_000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]] as const;

/** By `bitrate_index`, in kbit/s, of layer 3: of MPEG-1, and of MPEG-2 and 2.5 (the same sections). */
const BIT_RATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
const LOW_BIT_RATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;

const MPEG1 = 3;
const LAYER_3 = 1;
const MONO = 3;

/** Reads a frame's header. Throws MalformedBox, also for other layers. */
export function readFrame(frame: Uint8Array): Mp3Stream {
  const [sync, second = 0, third = 0, fourth = 0] = frame;
  if (frame.byteLength < 4 || sync !== 0xff || second < 0xe0)
    throw new MalformedBox('MP3 frame', 'has no sync word');
  const version = (second >> 3) & 3;
  const sampleRate = RATES[version]?.[(third >> 2) & 3];
  const isLayer3 = ((second >> 1) & 3) === LAYER_3;
  if (!isLayer3 || sampleRate === undefined) throw new MalformedBox('MP3 frame', 'is not of layer 3');
  const frameSamples = version === MPEG1 ? 1152 : 576;
  const bitRate = (version === MPEG1 ? BIT_RATES : LOW_BIT_RATES)[third >> 4];
  const padding = (third >> 1) & 1;
  const bytes = bitRate ? Math.floor((frameSamples * bitRate * 125) / sampleRate) + padding : null;
  return { sampleRate, channels: fourth >> 6 === MONO ? 1 : 2, frameSamples, bytes };
}
