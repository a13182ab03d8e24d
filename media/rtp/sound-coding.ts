import { readStream } from '../codecs/audio-specific-config.ts';
import { writeAacConfiguration, writeAudio, writeMp3Configuration } from '../codecs/entry-writer.ts';
import { readFrame } from '../codecs/mp3-frame.ts';
import { OPUS_RATE, packetSamples, writeHeadless } from '../codecs/opus-stream.ts';
import { join } from '../join.ts';
import type { Ticks } from '../time.ts';
import * as Aac from './aac.ts';
import type { SoundPayload } from './format.ts';
import * as Latm from './latm.ts';
import * as Mp3 from './mp3.ts';

/** What one frame of sound is. */
export type Frame = {
  readonly data: Uint8Array;
  /** Samples that it becomes. */
  readonly samples: Ticks;
};

/** The frames of one timestamp, and what they say of themselves. */
export type Frames = {
  readonly frames: readonly Frame[];
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
};

/** How the payloads of one timestamp become frames. Throws MalformedPayload or MalformedBox. */
export type SoundCoding = {
  readonly read: (payloads: readonly Uint8Array[]) => Frames;
  /** The sample entry of such frames. */
  readonly entry: (frames: Frames) => Uint8Array;
};

export function codingOf(payload: SoundPayload): SoundCoding {
  switch (payload.codec) {
    case 'aac':
      return aac(payload.config, (payloads) => Aac.frames(payloads, payload.sizes));
    case 'latm':
      return aac(payload.config, (payloads) => [Latm.frame(join(payloads))]);
    case 'mp3':
      return { read: readMp3, entry: (frames) => write('mp4a', frames, writeMp3Configuration()) };
    case 'opus':
      return { read: readOpus, entry: (frames) => write('Opus', frames, writeHeadless(2)) };
  }
}

const write = (type: 'mp4a' | 'Opus', { channels, sampleRate }: Frames, configuration: Uint8Array) =>
  writeAudio({ type, channels, sampleRate, configuration });

function aac(config: Uint8Array, split: (payloads: readonly Uint8Array[]) => Uint8Array[]): SoundCoding {
  const { sampleRate, channels, frameSamples } = readStream(config);
  const read = (payloads: readonly Uint8Array[]) => ({
    frames: split(payloads).map((data) => ({ data, samples: frameSamples })),
    sampleRate,
    channels,
  });
  return { read, entry: (frames) => write('mp4a', frames, writeAacConfiguration(config)) };
}

function readMp3(payloads: readonly Uint8Array[]): Frames {
  const found = Mp3.frames(payloads);
  const [first = new Uint8Array()] = found;
  const { sampleRate, channels, frameSamples } = readFrame(first);
  return { frames: found.map((data) => ({ data, samples: frameSamples })), sampleRate, channels };
}

/** One packet in each payload, always of two channels (RFC 7587 §4.2, §7). */
function readOpus(payloads: readonly Uint8Array[]): Frames {
  const frames = payloads.map((data) => ({ data, samples: packetSamples(data) }));
  return { frames, sampleRate: OPUS_RATE, channels: 2 };
}
