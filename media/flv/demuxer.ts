import type { Size } from '../codecs/avc-sps.ts';
import { MalformedBox } from '../isobmff/box.ts';
import type { Demuxed } from '../isobmff/demuxer.ts';
import type { Milliseconds } from '../time.ts';
import { readAudio } from './audio.ts';
import { type AudioConfiguration, AudioTrack, type Frame, mp3Configuration } from './audio-track.ts';
import { Clock, JUMP_MS } from './clock.ts';
import { MalformedFlv } from './malformed.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import type { Tag } from './tag.ts';
import { readVideo } from './video.ts';
import {
  type Picture,
  sizeOf,
  VIDEO_ID,
  type VideoConfiguration,
  VideoTimes,
  videoTrack,
} from './video-track.ts';

/** What the tags of a publisher come to. */
export type Published =
  | Demuxed
  /** What comes from this tag on is another stream: read it, and what follows, with `next`. */
  | { readonly kind: 'break'; readonly reason: string };

/** A kind of media of which nothing came by then is taken to be absent; encoders send headers at once. */
const ABSENT_AFTER_MS: Milliseconds = 2_000;

/** Of media that waits for the tracks to be known: 2 s at 64 Mb/s. */
const HELD_MAX_BYTES = 16 * 1024 * 1024;

/** What is known of a stream before its media. */
type Known = {
  metadata: Metadata | null;
  video: VideoConfiguration | null;
  audio: AudioConfiguration | null;
};

type Held =
  | { readonly kind: 'video'; readonly media: Picture }
  | { readonly kind: 'audio'; readonly media: Frame };

type State =
  | { readonly name: 'gathering'; held: Held[]; heldBytes: number; since: Milliseconds | null }
  | { readonly name: 'running'; readonly video: VideoTimes | null; readonly audio: AudioTrack | null };

/** Whether a kind of media is known well enough to be described. */
type Presence<Track> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'present'; readonly track: Track };

const ABSENT = { kind: 'absent' } as const;
const WAITING = { kind: 'waiting' } as const;

/** Makes tracks and samples of FLV tags. What it throws is MalformedFlv or MalformedBox; it is of no use afterwards. */
export class FlvDemuxer {
  readonly #clock = new Clock();
  readonly #known: Known;
  #state: State = { name: 'gathering', held: [], heldBytes: 0, since: null };

  constructor(known: Known = { metadata: null, video: null, audio: null }) {
    this.#known = known;
  }

  /** For what comes after a break. */
  next(): FlvDemuxer {
    return new FlvDemuxer({ ...this.#known });
  }

  push(tag: Tag): readonly Published[] {
    switch (tag.kind) {
      case 'data':
        this.#known.metadata = readMetadata(tag.body) ?? this.#known.metadata;
        return [];
      case 'video':
        return this.#takeVideo(tag);
      case 'audio':
        return this.#takeAudio(tag);
    }
  }

  #takeVideo({ body, timestamp }: Tag): readonly Published[] {
    const packet = readVideo(body);
    if (packet.kind === 'nothing') return [];
    if (packet.kind === 'configuration') return this.#configureVideo(packet);
    const timeMs = this.#clock.read('video', timestamp);
    if (timeMs === null) return jumped('video', timestamp);
    const { codec, sync, compositionMs, data } = packet;
    if (codec !== this.#known.video?.codec) return this.#start();
    return this.#take({ kind: 'video', media: { timeMs, compositionMs, sync, data } });
  }

  #takeAudio({ body, timestamp }: Tag): readonly Published[] {
    const packet = readAudio(body);
    if (packet.kind === 'nothing') return [];
    if (packet.kind === 'configuration') return this.#configureAudio(packet);
    const { codec, data } = packet;
    const changed = codec === 'mp3' ? this.#configureAudio(mp3Configuration(data)) : [];
    if (changed.length > 0) return changed;
    const timeMs = this.#clock.read('audio', timestamp);
    if (timeMs === null) return jumped('audio', timestamp);
    if (codec !== this.#known.audio?.codec) return this.#start();
    return this.#take({ kind: 'audio', media: { timeMs, data } });
  }

  #configureVideo({ codec, bytes }: VideoConfiguration): readonly Published[] {
    if (isSame(this.#known.video, { codec, bytes })) return [];
    this.#known.video = { codec, bytes: Uint8Array.from(bytes) };
    return this.#isNew('video');
  }

  #configureAudio({ codec, bytes }: AudioConfiguration): readonly Published[] {
    if (isSame(this.#known.audio, { codec, bytes })) return [];
    this.#known.audio = { codec, bytes: Uint8Array.from(bytes) };
    return this.#isNew('audio');
  }

  /** A new configuration breaks a stream that runs; media that is held belongs to the one before. */
  #isNew(kind: 'video' | 'audio'): readonly Published[] {
    const state = this.#state;
    if (state.name === 'running')
      return [{ kind: 'break', reason: `its ${kind} ${state[kind] === null ? 'began' : 'changed'}` }];
    state.held = state.held.filter((one) => one.kind !== kind);
    return [];
  }

  #take(one: Held): readonly Published[] {
    const state = this.#state;
    if (state.name === 'running') return this.#samples([one]);
    state.held.push(one);
    state.heldBytes += one.media.data.length;
    return this.#start();
  }

  /** Begins when it is known what there is. */
  #start(): readonly Published[] {
    const state = this.#state;
    if (state.name === 'running') return [];
    state.since ??= this.#clock.now;
    const waitedMs = this.#clock.now - state.since;
    const isLate = waitedMs >= ABSENT_AFTER_MS || state.heldBytes > HELD_MAX_BYTES;
    const video = this.#video(isLate, state.held);
    const audio = this.#audio(isLate);
    const isComplete = video.kind !== 'waiting' && audio.kind !== 'waiting';
    if (!isComplete || (video.kind === 'absent' && audio.kind === 'absent'))
      return this.#wait(waitedMs, state.heldBytes);
    this.#state = {
      name: 'running',
      video: video.kind === 'present' ? new VideoTimes() : null,
      audio: audio.kind === 'present' ? audio.track : null,
    };
    const tracks = [
      ...(video.kind === 'present' ? [video.track] : []),
      ...(audio.kind === 'present' ? [audio.track.movie] : []),
    ];
    return [{ kind: 'movie', tracks }, ...this.#samples(state.held)];
  }

  #wait(waitedMs: Milliseconds, heldBytes: number): readonly Published[] {
    if (waitedMs < JUMP_MS - ABSENT_AFTER_MS && heldBytes <= HELD_MAX_BYTES) return [];
    throw new MalformedFlv('nothing came that can be decoded: no sequence header, or no key frame');
  }

  #video(isLate: boolean, held: readonly Held[]): Presence<ReturnType<typeof videoTrack>> {
    const { video, metadata } = this.#known;
    if (video === null) return isLate || metadata?.hasVideo === false ? ABSENT : WAITING;
    const key = held.find((one) => one.kind === 'video' && one.media.sync)?.media.data ?? null;
    const size = measured(video, key) ?? (key === null ? null : metadata?.size);
    if (size) return { kind: 'present', track: videoTrack(video, size) };
    if (key !== null) throw new MalformedFlv('nothing says the size of its pictures');
    return WAITING;
  }

  #audio(isLate: boolean): Presence<AudioTrack> {
    const { audio, metadata } = this.#known;
    if (audio !== null) return { kind: 'present', track: new AudioTrack(audio) };
    return isLate || metadata?.hasAudio === false ? ABSENT : WAITING;
  }

  #samples(media: readonly Held[]): readonly Published[] {
    const state = this.#state;
    if (state.name === 'gathering') return [];
    const runs = media.flatMap((one) => {
      if (one.kind === 'video')
        return state.video === null ? [] : [{ trackId: VIDEO_ID, samples: [state.video.sample(one.media)] }];
      const { audio } = state;
      return audio === null ? [] : [{ trackId: audio.movie.id, samples: [audio.sample(one.media)] }];
    });
    return runs.length === 0 ? [] : [{ kind: 'samples', runs }];
  }
}

const jumped = (kind: string, timestamp: number): readonly Published[] => [
  { kind: 'break', reason: `its timestamps jumped: ${kind} to ${timestamp} ms` },
];

/** A configuration that can't be read leaves the size to the metadata. */
function measured(video: VideoConfiguration, key: Uint8Array | null): Size | null {
  try {
    return sizeOf(video, key);
  } catch (error) {
    if (error instanceof MalformedBox) return null;
    throw error;
  }
}

type Configuration = { readonly codec: string; readonly bytes: Uint8Array };

const isSame = (one: Configuration | null, other: Configuration) =>
  one?.codec === other.codec &&
  one.bytes.length === other.bytes.length &&
  one.bytes.every((byte, index) => byte === other.bytes[index]);
