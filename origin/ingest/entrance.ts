import type { Codings } from '../../media/mpegts/demuxer.ts';
import { type PacketHead, PacketSplitter, readPacket } from '../../media/mpegts/packet-reader.ts';
import { type ElementaryStream, ProgramReader } from '../../media/mpegts/program-reader.ts';
import type { Milliseconds } from '../../media/time.ts';
import { type Audio, type Contents, Unusable, type Video } from './contents.ts';

/** Longest wait for something to start with: key frames of cameras may be 10 s apart. */
const START_MAX_MS: Milliseconds = 15_000;

/** Sound that is announced and has not come this long after a key frame is taken for none. */
const SOUND_MAX_MS: Milliseconds = 2_000;

/** What a transport stream holds, and its packets from where decoding can start. */
export type Entered = {
  readonly contents: Contents;
  /** What the demuxer takes of it; null where ffmpeg has to. */
  readonly codings: Codings | null;
  readonly start: Uint8Array;
};

/** A place to start at: what came since. */
type Candidate = { readonly sinceMs: Milliseconds; readonly packets: Uint8Array[] };

/**
 * Waits for the place at which a transport stream can be entered: its tables have come, a key frame starts, and sound
 * has begun if there is any. So who reads on from there knows everything within moments, wherever in the stream the
 * publisher was.
 */
export class Entrance {
  readonly #startedMs: Milliseconds;
  readonly #splitter = new PacketSplitter();
  readonly #program = new ProgramReader();
  /** The tables, as they came last. */
  #tables: Uint8Array[] = [];
  #hasPackets = false;
  #candidate: Candidate | null = null;
  /** The coding of the sound that has begun. */
  #sound: Audio | null = null;

  constructor(nowMs: Milliseconds) {
    this.#startedMs = nowMs;
  }

  /** Null while there is no such place. Throws Unusable after START_MAX_MS. */
  push(bytes: Uint8Array, nowMs: Milliseconds): Entered | null {
    for (const packet of this.#splitter.push(bytes)) this.#read(packet, nowMs);
    const contents = this.#candidate && this.#contents(nowMs - this.#candidate.sinceMs);
    if (this.#candidate && contents)
      return {
        contents,
        codings: codingsOf(this.#program.streams ?? [], this.#sound),
        start: Buffer.concat([...this.#tables, ...this.#candidate.packets, this.#splitter.rest]),
      };
    if (nowMs - this.#startedMs > START_MAX_MS) throw new Unusable(this.#whatIsMissing());
    return null;
  }

  #read(packet: Uint8Array, nowMs: Milliseconds): void {
    const head = readPacket(packet, 0);
    if (head === null) return;
    this.#hasPackets = true;
    if (this.#program.push(head)) this.#remember(packet, head);
    else if (head.starts) this.#look(head, nowMs);
    this.#candidate?.packets.push(packet);
  }

  /** At the start of a picture or of sound. */
  #look(head: PacketHead, nowMs: Milliseconds): void {
    const streams = this.#program.streams ?? [];
    const audio = streams.find(isAudio);
    const leader = streams.find((stream) => videoOf(stream) !== null) ?? audio;
    if (audio?.pid === head.pid) this.#sound ??= soundOf(audio, head.payload);
    if (leader?.pid !== head.pid || this.#candidate !== null) return;
    if (leader === audio || head.randomAccess || hasParameters(head.payload, leader.type))
      this.#candidate = { sinceMs: nowMs, packets: [] };
  }

  /** Null while sound is waited for. */
  #contents(waitedMs: Milliseconds): Contents | null {
    const streams = this.#program.streams ?? [];
    const video = streams.map(videoOf).find((one) => one !== null) ?? null;
    const isComplete = this.#sound !== null || !streams.some(isAudio) || waitedMs > SOUND_MAX_MS;
    return isComplete ? { video, audio: this.#sound } : null;
  }

  #remember(packet: Uint8Array, { pid, starts }: PacketHead): void {
    if (this.#candidate !== null) return;
    const isOther = (one: Uint8Array) => readPacket(one, 0)?.pid !== pid;
    this.#tables = [...(starts ? this.#tables.filter(isOther) : this.#tables), packet];
    if (this.#tables.length > TABLE_PACKETS_MAX) this.#tables = [];
  }

  #whatIsMissing(): string {
    if (!this.#hasPackets) return 'what is sent is not an MPEG transport stream';
    if (this.#program.streams === null) return 'the transport stream has no program map';
    return `the transport stream has no key frame within ${START_MAX_MS / 1_000} s`;
  }
}

/** Two sections of 1,024 bytes. */
const TABLE_PACKETS_MAX = 12;

const AVC = 0x1b;
const HEVC = 0x24;

/** ISO/IEC 13818-1 table 2-34: MPEG-1 and MPEG-2 video, MPEG-4 part 2, VVC. */
const OTHER_VIDEOS: readonly number[] = [0x01, 0x02, 0x10, 0x33];

function videoOf({ type }: ElementaryStream): Video | null {
  if (type === AVC) return 'packaged';
  if (type === HEVC) return 'hevc';
  return OTHER_VIDEOS.includes(type) ? 'other' : null;
}

const ADTS = 0x0f;
const PRIVATE = 0x06;

/** AAC in LATM, AC-3 and E-AC-3 as ATSC has them. */
const OTHER_AUDIOS: readonly number[] = [0x11, 0x81, 0x87];

/** Descriptors of AC-3 and E-AC-3 in DVB's private streams. */
const AC3_TAGS: readonly number[] = [0x6a, 0x7a];

const isMpegAudio = ({ type }: ElementaryStream) => type === 0x03 || type === 0x04;
const isAudio = (stream: ElementaryStream) => isMpegAudio(stream) || audioOf(stream) !== null;

function audioOf({ type, format, tags }: ElementaryStream): Audio | null {
  if (type === ADTS) return 'aac';
  if (OTHER_AUDIOS.includes(type)) return 'other';
  if (type !== PRIVATE) return null;
  if (format === 'Opus') return 'packaged';
  return format === 'AC-3' || tags.some((tag) => AC3_TAGS.includes(tag)) ? 'other' : null;
}

function soundOf(audio: ElementaryStream, pes: Uint8Array): Audio | null {
  if (audio.type === ADTS) return isNumbered(pes) ? 'aac' : 'other';
  return audioOf(audio) ?? layerOf(pes);
}

/** Whether the first ADTS header in a PES packet says its channels by number, not in the stream (ISO/IEC 13818-7 §8.1). */
function isNumbered(pes: Uint8Array): boolean {
  const at = 9 + (pes[8] ?? 0);
  const [first = 0, , third = 1, fourth = 0] = pes.subarray(at, at + 4);
  return first !== 0xff || (third & 1) !== 0 || fourth >> 6 !== 0;
}

/** Pictures of H.264 or HEVC, and sound of AAC or MP3. */
function codingsOf(streams: readonly ElementaryStream[], sound: Audio | null): Codings | null {
  const video = streams.find((stream) => videoOf(stream) !== null);
  const audio = streams.find(isAudio);
  const isTaken = audio === undefined || audio.type === ADTS || isMpegAudio(audio);
  if (!isTaken || sound === 'other' || (video && OTHER_VIDEOS.includes(video.type))) return null;
  return {
    video: video ? { pid: video.pid, codec: video.type === AVC ? 'h264' : 'hevc' } : null,
    audio: audio ? { pid: audio.pid, codec: audio.type === ADTS ? 'aac' : 'mp3' } : null,
  };
}

/** Of the first frame in a PES packet: layer III is MP3, the others are encoded anew. Null where none starts. */
function layerOf(pes: Uint8Array): Audio | null {
  const at = 9 + (pes[8] ?? 0);
  const [first = 0, second = 0] = pes.subarray(at, at + 2);
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null;
  return ((second >> 1) & 3) === 1 ? 'packaged' : 'other';
}

/** NAL units with which decoding starts: sequence parameters and instantaneous refreshes. */
const AVC_STARTS: readonly number[] = [5, 7];
const HEVC_STARTS: readonly number[] = [19, 20, 32, 33];

/** Whether the first packet of a picture has them, for encoders that do not set the indicator. */
function hasParameters(pes: Uint8Array, type: number): boolean {
  for (let at = 0; at + 3 < pes.byteLength; at++) {
    if (pes[at] !== 0 || pes[at + 1] !== 0 || pes[at + 2] !== 1) continue;
    const nal = pes[at + 3] ?? 0;
    if (type === AVC ? AVC_STARTS.includes(nal & 0x1f) : HEVC_STARTS.includes((nal >> 1) & 0x3f)) return true;
  }
  return false;
}
