import { type AudioConfiguration, AudioTrack } from '../flv/audio-track.ts';
import { MalformedBox } from '../isobmff/box.ts';
import type { Demuxed } from '../isobmff/demuxer.ts';
import type { MovieTrack } from '../isobmff/movie.ts';
import type { Sample } from '../sample.ts';
import { type Ticks, toMilliseconds } from '../time.ts';
import { CLOCK_RATE } from './clock.ts';
import { PacketSplitter, readPacket } from './packet-reader.ts';
import { PesReader, type PesUnit } from './pes-reader.ts';
import { type PictureCodec, pictureReader, type ReadPicture } from './picture-reader.ts';
import { apart, RunningClock } from './running-clock.ts';
import { type Frame, type SoundCodec, SoundReader } from './sound-reader.ts';

/** Which elementary streams are taken, and what they hold. */
export type Codings = {
  readonly video: { readonly pid: number; readonly codec: PictureCodec } | null;
  readonly audio: { readonly pid: number; readonly codec: SoundCodec } | null;
};

/** What the packets of a publisher come to. */
export type Taken =
  | Demuxed
  /** What comes from here on is another movie, which is told next. */
  | { readonly kind: 'break'; readonly reason: string };

const VIDEO_ID = 1;

/** Sound that did not come this long after the pictures is taken for none, until it comes. */
const SOUND_MAX: Ticks = 2 * CLOCK_RATE;

/** Pictures that nothing describes are not waited for any longer. */
const DESCRIBED_MAX: Ticks = 10 * CLOCK_RATE;

/** Of media that waits for the tracks to be known: 2 s at 64 Mb/s, and 10 s of 120 pictures and 94 frames each. */
const HELD_MAX_BYTES = 16 * 1024 * 1024;
const HELD_MAX = 4_096;

/** Until a second picture came: 30 a second. Packaging replaces it. */
const FIRST_DURATION: Ticks = CLOCK_RATE / 30;

type Shown = { readonly sample: Sample; readonly entry: Uint8Array | null };

type Held =
  | { readonly kind: 'video'; readonly media: Shown }
  | { readonly kind: 'audio'; readonly media: Frame };

/** Makes tracks and samples of an MPEG transport stream whose program is known. Throws MalformedBox. */
export class Demuxer {
  readonly #codings: Codings;
  readonly #splitter = new PacketSplitter();
  readonly #clock = new RunningClock();
  readonly #pictures = new PesReader();
  readonly #sounds = new PesReader();
  readonly #readPicture: ReadPicture;
  readonly #sound: SoundReader;
  /** What waits for the tracks to be known; null once they are. */
  #held: Held[] | null = [];
  #heldBytes = 0;
  #entry: Uint8Array | null = null;
  #audio: AudioTrack | null = null;
  #configuration: AudioConfiguration | null = null;
  /** Of sound that is of another kind from the next key frame on. */
  #other: AudioConfiguration | null = null;
  #lastDts: Ticks | null = null;
  /** When the key frame is shown with which decoding starts; null once one came that is shown after it. */
  #startShown: Ticks | null = null;

  constructor(codings: Codings) {
    this.#codings = codings;
    this.#readPicture = pictureReader(codings.video?.codec ?? 'h264');
    this.#sound = new SoundReader(codings.audio?.codec ?? 'aac');
  }

  push(bytes: Uint8Array): readonly Taken[] {
    return this.#splitter.push(bytes).flatMap((packet) => this.#packet(packet));
  }

  /** No more comes: gives what is left. */
  flush(): readonly Taken[] {
    const left = [
      ...this.#pictures.flush().flatMap((unit) => this.#picture(unit)),
      ...this.#sounds.flush().flatMap((unit) => this.#heard(unit)),
    ];
    return [...left, ...this.#begin()];
  }

  #packet(packet: Uint8Array): readonly Taken[] {
    const head = readPacket(packet, 0);
    if (head === null) return [];
    const { video, audio } = this.#codings;
    if (head.pid === video?.pid) return this.#pictures.push(head).flatMap((unit) => this.#picture(unit));
    if (head.pid === audio?.pid) return this.#sounds.push(head).flatMap((unit) => this.#heard(unit));
    return [];
  }

  #picture({ pts, dts, data }: PesUnit): readonly Taken[] {
    const time = this.#clock.read(VIDEO_ID, dts);
    const picture = this.#tryRead(data);
    if (picture === null) return [];
    const shown = time + apart(pts, dts);
    if (!this.#isTaken(picture.sync, shown)) return [];
    const last = this.#lastDts;
    const at = last === null ? time : Math.max(time, last + 1);
    this.#lastDts = at;
    const duration = last === null ? FIRST_DURATION : at - last;
    const sample = {
      dts: at,
      compositionOffset: shown - at,
      duration,
      sync: picture.sync,
      data: picture.data,
    };
    return this.#take({ kind: 'video', media: { sample, entry: picture.entry } });
  }

  /** What can't be read is left out. */
  #tryRead(data: Uint8Array): ReturnType<ReadPicture> {
    try {
      return this.#readPicture(data);
    } catch (error) {
      if (error instanceof MalformedBox) return null;
      throw error;
    }
  }

  /** Decoding starts with a key frame; what is shown before it leans on what was not sent. */
  #isTaken(isSync: boolean, shown: Ticks): boolean {
    if (this.#lastDts === null) {
      this.#startShown = shown;
      return isSync;
    }
    if (this.#startShown !== null && shown < this.#startShown) return false;
    this.#startShown = null;
    return true;
  }

  #heard({ dts, data }: PesUnit): readonly Taken[] {
    const time = this.#clock.read(0, dts);
    return this.#sound.push(data, time).flatMap((frame) => this.#take({ kind: 'audio', media: frame }));
  }

  #take(one: Held): readonly Taken[] {
    if (this.#held === null) return this.#emit(one);
    this.#held.push(one);
    this.#heldBytes += (one.kind === 'video' ? one.media.sample : one.media).data.byteLength;
    return this.#isKnown(this.#held) ? this.#begin() : [];
  }

  #isKnown(held: readonly Held[]): boolean {
    const { video, audio } = this.#codings;
    const hasVideo = held.some((one) => one.kind === 'video' && one.media.entry !== null);
    const hasAudio = held.some(({ kind }) => kind === 'audio');
    const times = held.map(timeOf);
    const waited = Math.max(...times) - Math.min(...times);
    const isFull = held.length >= HELD_MAX || this.#heldBytes > HELD_MAX_BYTES;
    if (video !== null && !hasVideo) {
      if (isFull || waited > DESCRIBED_MAX)
        throw new MalformedBox('transport stream', 'nothing describes its pictures');
      return false;
    }
    return audio === null || hasAudio || isFull || waited >= SOUND_MAX;
  }

  /** Tells the tracks, and all that waited for them. */
  #begin(): readonly Taken[] {
    const held = this.#held ?? [];
    if (held.length === 0) return [];
    this.#held = null;
    for (const { kind, media } of held) {
      if (kind === 'video') this.#entry ??= media.entry;
      else this.#configure(media.configuration);
    }
    return [this.#movie(), ...held.flatMap((one) => this.#emit(one))];
  }

  #configure(configuration: AudioConfiguration): void {
    this.#configuration ??= configuration;
    this.#audio ??= new AudioTrack(this.#configuration);
  }

  #emit(one: Held): readonly Taken[] {
    return one.kind === 'video' ? this.#emitPicture(one.media) : this.#emitSound(one.media);
  }

  #emitPicture({ sample, entry }: Shown): readonly Taken[] {
    if (this.#entry === null) return [];
    const isOther = entry !== null && !isEqual(entry, this.#entry);
    if (isOther) this.#entry = entry;
    const broken = [
      ...(isOther ? this.#broken('its pictures changed') : []),
      ...(sample.sync && this.#other !== null ? this.#turnTo(this.#other) : []),
    ];
    return [...broken, samplesOf(VIDEO_ID, sample)];
  }

  #emitSound({ time, data, configuration }: Frame): readonly Taken[] {
    const before = this.#configuration;
    const isOther = before === null || !isEqual(before.bytes, configuration.bytes);
    this.#other = isOther ? configuration : null;
    if (isOther && this.#entry !== null) return [];
    const broken = isOther ? this.#turnTo(configuration) : [];
    if (this.#audio === null) return [];
    const { movie } = this.#audio;
    const sample = this.#audio.sample({ timeMs: toMilliseconds(time, CLOCK_RATE), data });
    return [...broken, samplesOf(movie.id, sample)];
  }

  /** What comes with pictures waits for a key frame of theirs: another movie starts with one. */
  #turnTo(configuration: AudioConfiguration): readonly Taken[] {
    const reason = this.#configuration === null ? 'its sound began' : 'its sound changed';
    this.#configuration = configuration;
    this.#audio = new AudioTrack(configuration);
    this.#other = null;
    return this.#broken(reason);
  }

  #broken(reason: string): readonly Taken[] {
    return [{ kind: 'break', reason }, this.#movie()];
  }

  #movie(): Demuxed {
    const video = this.#entry === null ? [] : [videoTrack(this.#entry)];
    return { kind: 'movie', tracks: [...video, ...(this.#audio === null ? [] : [this.#audio.movie])] };
  }
}

const timeOf = (one: Held): Ticks => (one.kind === 'video' ? one.media.sample.dts : one.media.time);

const samplesOf = (trackId: number, sample: Sample): Demuxed => ({
  kind: 'samples',
  runs: [{ trackId, samples: [sample] }],
});

const videoTrack = (sampleEntry: Uint8Array): MovieTrack => ({
  id: VIDEO_ID,
  handler: 'vide',
  timescale: CLOCK_RATE,
  mediaTime: 0,
  sampleEntry,
  defaults: { duration: FIRST_DURATION, size: 0, flags: 0 },
});

const isEqual = (a: Uint8Array, b: Uint8Array) =>
  a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
