import type { BitRate } from '../bitrate.ts';
import { quoted, tag } from './tag.ts';

export type VideoRendition = {
  readonly id: string;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly frameRate: number;
  readonly bitRate: BitRate;
  /** Of its playlist of key frames alone, where it has one. */
  readonly keyFrameBitRate: number | null;
};

export type AudioRendition = {
  readonly id: string;
  readonly codec: string;
  readonly channels: number;
  /** BCP 47, `und` when unknown. */
  readonly language: string;
  readonly bitRate: BitRate;
};

export type Container = 'cmaf' | 'ts';

/** Rendition groups came with version 4, and devices of MPEG-TS may know no later one (§8). */
const VERSIONS = { cmaf: 7, ts: 4 } as const;

/** What leads from here to the playlists of a container. */
const PLAYLISTS = { cmaf: 'index.m3u8', ts: 'index.m3u8?container=ts' } as const;

/** One group holds all audio: every video variant may play with each of it. */
const AUDIO_GROUP = 'audio';

/**
 * The multivariant playlist (draft-pantos-hls-rfc8216bis §4.4.6). A variant's bandwidth is that of its video and of
 * the most demanding audio that may play with it. URIs are relative: `<track>/index.m3u8`.
 */
export function renderMultivariantPlaylist(
  videos: readonly VideoRendition[],
  audios: readonly AudioRendition[],
  container: Container = 'cmaf',
): string {
  const playlist = PLAYLISTS[container];
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${VERSIONS[container]}`, '#EXT-X-INDEPENDENT-SEGMENTS'];
  if (videos.length === 0) {
    for (const audio of audios) pushAudioVariant(lines, audio, playlist);
  } else {
    for (const [index, audio] of audios.entries()) lines.push(audioTag(audio, index === 0, playlist));
    for (const video of videos) pushVideoVariant(lines, video, audios, playlist);
    if (container === 'cmaf') lines.push(...videos.flatMap(iFrameTag));
  }
  return `${lines.join('\n')}\n`;
}

/** Key frames alone, for seeking with pictures (§4.4.6.3). */
function iFrameTag({ id, codec, width, height, keyFrameBitRate }: VideoRendition): string[] {
  if (keyFrameBitRate === null) return [];
  const attributes = {
    BANDWIDTH: keyFrameBitRate,
    CODECS: quoted(codec),
    RESOLUTION: `${width}x${height}`,
    URI: quoted(`${id}/iframes.m3u8`),
  };
  return [tag('EXT-X-I-FRAME-STREAM-INF', attributes)];
}

function audioTag({ id, language, channels }: AudioRendition, isDefault: boolean, playlist: string): string {
  const known = language !== 'und';
  return tag('EXT-X-MEDIA', {
    TYPE: 'AUDIO',
    'GROUP-ID': quoted(AUDIO_GROUP),
    NAME: quoted(known ? language : id),
    LANGUAGE: known ? quoted(language) : null,
    DEFAULT: isDefault ? 'YES' : 'NO',
    AUTOSELECT: 'YES',
    CHANNELS: quoted(String(channels)),
    URI: quoted(`${id}/${playlist}`),
  });
}

function pushVideoVariant(
  lines: string[],
  video: VideoRendition,
  audios: readonly AudioRendition[],
  playlist: string,
): void {
  const peak = Math.max(0, ...audios.map(({ bitRate }) => bitRate.peak));
  const average = Math.max(0, ...audios.map(({ bitRate }) => bitRate.average));
  const codecs = [...new Set([video.codec, ...audios.map(({ codec }) => codec)])];
  lines.push(
    tag('EXT-X-STREAM-INF', {
      BANDWIDTH: video.bitRate.peak + peak,
      'AVERAGE-BANDWIDTH': video.bitRate.average + average,
      CODECS: quoted(codecs.join(',')),
      RESOLUTION: `${video.width}x${video.height}`,
      'FRAME-RATE': video.frameRate.toFixed(3),
      AUDIO: audios.length === 0 ? null : quoted(AUDIO_GROUP),
    }),
    `${video.id}/${playlist}`,
  );
}

function pushAudioVariant(lines: string[], { id, codec, bitRate }: AudioRendition, playlist: string): void {
  const attributes = { BANDWIDTH: bitRate.peak, 'AVERAGE-BANDWIDTH': bitRate.average, CODECS: quoted(codec) };
  lines.push(tag('EXT-X-STREAM-INF', attributes), `${id}/${playlist}`);
}
