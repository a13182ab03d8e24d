import { describe } from '../../media/codecs/sample-entry.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import type { Milliseconds, Seconds } from '../../media/time.ts';
import type { ChannelSettings } from '../../wire/channel.ts';
import { TrackId } from '../../wire/ids.ts';
import type { Track } from '../../wire/presentation.ts';
import type { Feed } from '../packaging/feed.ts';
import { canWriteDigits } from '../transcode/clock.ts';
import { startEncoder } from '../transcode/encoder.ts';
import type { Input } from '../transcode/input.ts';
import { plan, type Rendition } from '../transcode/ladder.ts';
import { type Source, Unreadable } from '../transcode/probe.ts';
import { inspect } from './facts.ts';

/** Something that is ready to be packaged: renditions of a source, or the source as it comes. */
export type OnAir = {
  readonly feed: Feed;
  readonly source: Source;
  /** Names for the feed's tracks, in their order. */
  readonly trackIds: readonly TrackId[];
  /** Why it ended, once the feed has; null when it just did. */
  readonly ending: () => Promise<string | null>;
  readonly stop: () => Promise<void>;
  /** Where it can be cut, when that is not as the channel wishes. */
  readonly gopSeconds?: Seconds | null;
  /** When its first picture came, if that was before now; milliseconds since 1970. */
  readonly startedMs?: Milliseconds;
};

type Coding = Pick<ChannelSettings, 'ladder' | 'videoCodec' | 'audioCodec' | 'segmentMs'>;

/** What a feed is told of its channel. */
export type Surroundings = {
  readonly now: () => Milliseconds;
  /** The tracks that the channel has had until now. */
  readonly before: () => readonly Track[];
};

/** What somebody sends, encoded anew if the channel has a ladder. Throws Unreadable, or what the feed throws. */
export async function fromFeed(sent: Feed, coding: Coding, { now, before }: Surroundings): Promise<OnAir> {
  const findsGop = coding.ladder === 'passthrough';
  const { tracks, source, feed, gopSeconds, startedMs } = await inspect(sent, { now, findsGop });
  if (coding.ladder !== 'passthrough') return encoded({ kind: 'feed' }, source, coding, feed);
  const trackIds = nameTracks(tracks, before());
  const none = { ending: async () => null, stop: async () => {} };
  return { feed, source, trackIds, gopSeconds, startedMs, ...none };
}

/** Renditions of what ffmpeg reads. Throws Unreadable. */
export function encoded(input: Input, source: Source, coding: Coding, feed?: Feed): Promise<OnAir> {
  if (coding.ladder === 'passthrough') {
    throw new Unreadable('it can only be encoded: set `ladder` to mobile or 1080p');
  }
  return encode(input, source, plan(source, coding.ladder, coding), coding.segmentMs, feed);
}

/** A card with the same tracks as a channel had, for those who watch it. */
export async function slate(
  title: string,
  tracks: readonly Track[],
  coding: Pick<ChannelSettings, 'segmentMs'>,
): Promise<OnAir> {
  const input = { kind: 'slate', title, digits: await canWriteDigits() } as const;
  return encode(input, sourceOf(tracks), tracks.map(renditionOf), coding.segmentMs);
}

async function encode(
  input: Input,
  source: Source,
  renditions: readonly Rendition[],
  segmentMs: number,
  feed?: Feed,
): Promise<OnAir> {
  const encoder = await startEncoder({ input, source, renditions, segmentSeconds: segmentMs / 1000 }, feed);
  const ending = async () => {
    const end = await encoder.ending;
    return end.kind === 'broken' ? end.reason : null;
  };
  const trackIds = renditions.map(({ id }) => id);
  return { feed: encoder.output, source, trackIds, ending, stop: encoder.stop };
}

/**
 * `v720` and `a1`. Pictures keep the name that they had when they get another size: those who watch go on with the
 * same playlist. Throws Unreadable for what can't be packaged as it comes.
 */
function nameTracks(tracks: readonly MovieTrack[], before: readonly Track[]): readonly TrackId[] {
  const names: TrackId[] = [];
  const [known, ...others] = before.filter(({ media }) => media.kind === 'video');
  const isOne = others.length === 0 && tracks.filter(({ handler }) => handler === 'vide').length === 1;
  for (const { sampleEntry, handler } of tracks) {
    const description = describe(sampleEntry);
    if (description === null) {
      const what = handler === 'vide' ? 'pictures' : 'sound';
      throw new Unreadable(`its ${what} can't be packaged as they come: set \`ladder\` to mobile or 1080p`);
    }
    if (description.kind === 'video' && known !== undefined && isOne) names.push(known.id);
    else {
      const stem = description.kind === 'video' ? `v${description.height}` : 'a';
      names.push(unused(stem, names, description.kind === 'audio'));
    }
  }
  return names;
}

function unused(stem: string, names: readonly string[], isCounted: boolean): TrackId {
  for (let count = 1; ; count++) {
    const name = isCounted ? `${stem}${count}` : count === 1 ? stem : `${stem}-${count}`;
    if (!names.includes(name)) return TrackId.parse(name);
  }
}

function sourceOf(tracks: readonly Track[]): Source {
  const videos = tracks.flatMap(({ media }) => (media.kind === 'video' ? [media] : []));
  const [largest] = videos.toSorted((a, b) => b.height - a.height);
  const audio = tracks.find(({ media }) => media.kind === 'audio')?.media;
  return {
    durationSeconds: 0,
    video: largest ?? null,
    audio: audio?.kind === 'audio' ? { channels: audio.channels, language: audio.language } : null,
  };
}

const AUDIO_BIT_RATE = 64_000;

/** A still picture needs little. */
const SLATE_MAX_BIT_RATE = 500_000;

function renditionOf({ id, media }: Track): Rendition {
  if (media.kind === 'video') {
    const codec = VIDEO_CODECS[media.codec.slice(0, 4)] ?? 'h264';
    return { kind: 'video', id, codec, height: media.height, maxBitRate: SLATE_MAX_BIT_RATE };
  }
  const codec = media.codec === 'opus' ? 'opus' : media.codec === 'mp4a.40.34' ? 'mp3' : 'aac';
  return { kind: 'audio', id, codec, bitRate: AUDIO_BIT_RATE, channels: media.channels };
}

/** By the first letters of the codec string. */
const VIDEO_CODECS: Readonly<Record<string, Rendition['codec'] & ('h264' | 'hevc' | 'vp9' | 'av1')>> = {
  avc1: 'h264',
  avc3: 'h264',
  hvc1: 'hevc',
  hev1: 'hevc',
  vp09: 'vp9',
  av01: 'av1',
};
