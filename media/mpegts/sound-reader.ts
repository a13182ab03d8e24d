import { readStream } from '../codecs/audio-specific-config.ts';
import { readFrame } from '../codecs/mp3-frame.ts';
import { type AudioConfiguration, mp3Configuration } from '../flv/audio-track.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { join } from '../join.ts';
import type { Ticks } from '../time.ts';
import { CLOCK_RATE } from './clock.ts';

export type SoundCodec = 'aac' | 'mp3';

/** A frame of sound as a sample holds it, and when it is heard. */
export type Frame = {
  readonly time: Ticks;
  readonly data: Uint8Array;
  readonly configuration: AudioConfiguration;
};

/** What a frame's header says. */
type Head = {
  /** Bytes of the frame, and of its header where that is left out of a sample. */
  readonly size: number;
  readonly headBytes: number;
  readonly duration: Ticks;
  readonly configuration: AudioConfiguration;
};

const NOTHING = new Uint8Array();

/** Bytes that a header takes at the most. */
const HEAD_BYTES = 7;

/** Finds the frames in the PES packets of one PID. They may go on in the next one; what lies between them is left out. */
export class SoundReader {
  readonly #readHead: (bytes: Uint8Array) => Head | null;
  #rest: Uint8Array = NOTHING;
  /** When the next frame starts. */
  #next: Ticks = 0;

  constructor(codec: SoundCodec) {
    this.#readHead = codec === 'aac' ? readAdts : readMp3;
  }

  /** Takes the next PES packet; its time is that of the first frame that starts in it (ISO/IEC 13818-1 §2.4.3.7). */
  push(data: Uint8Array, time: Ticks): readonly Frame[] {
    const before = this.#rest.byteLength;
    const bytes = before === 0 ? data : join([this.#rest, data]);
    const frames: Frame[] = [];
    let at = 0;
    let isTimed = false;
    while (at + HEAD_BYTES <= bytes.byteLength) {
      const head = this.#headAt(bytes, at);
      if (head === null) {
        at += 1;
        continue;
      }
      if (at + head.size > bytes.byteLength) break;
      if (at >= before && !isTimed) this.#next = time;
      isTimed ||= at >= before;
      const { size, headBytes, duration, configuration } = head;
      frames.push({ time: this.#next, data: bytes.slice(at + headBytes, at + size), configuration });
      this.#next += duration;
      at += size;
    }
    this.#rest = bytes.slice(at);
    if (!isTimed && this.#rest.byteLength === data.byteLength) this.#next = time;
    return frames;
  }

  /** A header is one where another follows its frame, as far as there are bytes. */
  #headAt(bytes: Uint8Array, at: number): Head | null {
    const head = this.#readHead(bytes.subarray(at, at + HEAD_BYTES));
    if (head === null) return null;
    const end = at + head.size;
    const isFollowed =
      end + HEAD_BYTES > bytes.byteLength || this.#readHead(bytes.subarray(end, end + HEAD_BYTES));
    return isFollowed ? head : null;
  }
}

/** ISO/IEC 13818-7 §6.2; with a checksum the header is two bytes longer. Null where there is none. */
function readAdts(bytes: Uint8Array): Head | null {
  const [sync, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0] = bytes;
  if (sync !== 0xff || (second & 0xf6) !== 0xf0 || (seventh & 3) !== 0) return null;
  const size = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  const headBytes = second & 1 ? HEAD_BYTES : HEAD_BYTES + 2;
  const [type, rate, channels] = [(third >> 6) + 1, (third >> 2) & 0xf, ((third & 1) << 2) | (fourth >> 6)];
  const config = Uint8Array.of((type << 3) | (rate >> 1), ((rate & 1) << 7) | (channels << 3));
  const stream = size > headBytes ? tried(() => readStream(config)) : null;
  if (stream === null) return null;
  const duration = (stream.frameSamples * CLOCK_RATE) / stream.sampleRate;
  return { size, headBytes, duration, configuration: { codec: 'aac', bytes: config } };
}

function readMp3(bytes: Uint8Array): Head | null {
  const found = tried(() => readFrame(bytes));
  if (found === null || found.bytes === null) return null;
  const duration = (found.frameSamples * CLOCK_RATE) / found.sampleRate;
  return { size: found.bytes, headBytes: 0, duration, configuration: mp3Configuration(bytes) };
}

function tried<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedBox) return null;
    throw error;
  }
}
