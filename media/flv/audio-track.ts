import { readStream } from '../codecs/audio-specific-config.ts';
import { writeAacConfiguration, writeAudio, writeMp3Configuration } from '../codecs/entry-writer.ts';
import { readFrame } from '../codecs/mp3-frame.ts';
import { OPUS_RATE, packetSamples, writeConfiguration } from '../codecs/opus-stream.ts';
import type { MovieTrack } from '../isobmff/movie.ts';
import type { Sample } from '../sample.ts';
import type { Milliseconds, Ticks } from '../time.ts';
import type { AudioCodec } from './audio.ts';

export const AUDIO_ID = 2;

/** Bytes of MP3's header that say what is the same in all frames. */
const MP3_HEADER_BYTES = 4;

export type AudioConfiguration = { readonly codec: AudioCodec; readonly bytes: Uint8Array };

/**
 * What a frame of MP3 says of all of them, as if it were a configuration: the header, but for what may differ between
 * frames (bit rate, padding, how stereo is coded).
 */
export function mp3Configuration(frame: Uint8Array): AudioConfiguration {
  const { channels } = readFrame(frame);
  const [first = 0, second = 0, third = 0] = frame;
  const bytes = Uint8Array.of(first, second & 0xfe, third & 0x0c, channels === 1 ? 0xc0 : 0);
  return { codec: 'mp3', bytes: bytes.subarray(0, MP3_HEADER_BYTES) };
}

/** What a configuration says of its sound. */
type Stream = {
  readonly sampleRate: number;
  readonly entry: Uint8Array;
  /** Samples that a frame becomes. */
  readonly frameSamples: (frame: Uint8Array) => Ticks;
};

/** Throws MalformedBox. */
function streamOf({ codec, bytes }: AudioConfiguration): Stream {
  switch (codec) {
    case 'aac': {
      const { sampleRate, channels, frameSamples } = readStream(bytes);
      const configuration = writeAacConfiguration(bytes);
      const entry = writeAudio({ type: 'mp4a', channels, sampleRate, configuration });
      return { sampleRate, entry, frameSamples: () => frameSamples };
    }
    case 'mp3': {
      const { sampleRate, channels, frameSamples } = readFrame(bytes);
      const entry = writeAudio({
        type: 'mp4a',
        channels,
        sampleRate,
        configuration: writeMp3Configuration(),
      });
      return { sampleRate, entry, frameSamples: () => frameSamples };
    }
    case 'opus': {
      const configuration = writeConfiguration(bytes);
      const entry = writeAudio({
        type: 'Opus',
        channels: configuration[1] ?? 0,
        sampleRate: OPUS_RATE,
        configuration,
      });
      return { sampleRate: OPUS_RATE, entry, frameSamples: packetSamples };
    }
  }
}

/**
 * How far a frame's timestamp may lie from where the frames before it end. Timestamps are whole milliseconds, and some
 * encoders stamp a frame when they have it: sound goes on without a gap then. Beyond this, something was left out.
 */
const JITTER_MS: Milliseconds = 40;

/** A frame of sound as its tag gave it. */
export type Frame = { readonly timeMs: Milliseconds; readonly data: Uint8Array };

/** A track of sound. Its timescale is the sample rate, so that its frames have exact times. */
export class AudioTrack {
  readonly movie: MovieTrack;
  readonly #stream: Stream;
  /** Where the frames so far end. */
  #end: Ticks | null = null;

  /** Throws MalformedBox. */
  constructor(configuration: AudioConfiguration) {
    this.#stream = streamOf(configuration);
    this.movie = {
      id: AUDIO_ID,
      handler: 'soun',
      timescale: this.#stream.sampleRate,
      mediaTime: 0,
      sampleEntry: this.#stream.entry,
      defaults: { duration: 0, size: 0, flags: 0 },
    };
  }

  /** The sample of the next frame. Throws MalformedBox. */
  sample({ timeMs, data }: Frame): Sample {
    const duration = this.#stream.frameSamples(data);
    const dts = this.#timeOf(timeMs, duration);
    this.#end = dts + duration;
    return { dts, compositionOffset: 0, duration, sync: true, data };
  }

  /** Frames follow each other while timestamps agree; then a gap is one, and an overlap is caught up by half frames. */
  #timeOf(timeMs: Milliseconds, duration: Ticks): Ticks {
    const { sampleRate } = this.#stream;
    const due = Math.round((timeMs * sampleRate) / 1000);
    if (this.#end === null) return due;
    const error = due - this.#end;
    if (Math.abs(error) * 1000 <= JITTER_MS * sampleRate) return this.#end;
    return error > 0 ? due : this.#end + Math.max(error, -Math.floor(duration / 2));
  }
}
