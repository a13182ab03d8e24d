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
};

export type AudioRendition = {
  readonly id: string;
  readonly codec: string;
  readonly channels: number;
  /** BCP 47, `und` when unknown. */
  readonly language: string;
  readonly bitRate: BitRate;
};

/** One group holds all audio: every video variant may play with each of it. */
const AUDIO_GROUP = 'audio';

/**
 * The multivariant playlist (draft-pantos-hls-rfc8216bis §4.4.6). A variant's bandwidth is that of its video and of
 * the most demanding audio that may play with it. URIs are relative: `<track>/index.m3u8`.
 */
export function renderMultivariantPlaylist(
  videos: readonly VideoRendition[],
  audios: readonly AudioRendition[],
): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
  if (videos.length === 0) {
    for (const audio of audios) pushAudioVariant(lines, audio);
  } else {
    for (const [index, audio] of audios.entries()) lines.push(audioTag(audio, index === 0));
    for (const video of videos) pushVideoVariant(lines, video, audios);
  }
  return `${lines.join('\n')}\n`;
}

function audioTag({ id, language, channels }: AudioRendition, isDefault: boolean): string {
  const known = language !== 'und';
  return tag('EXT-X-MEDIA', {
    TYPE: 'AUDIO',
    'GROUP-ID': quoted(AUDIO_GROUP),
    NAME: quoted(known ? language : id),
    LANGUAGE: known ? quoted(language) : null,
    DEFAULT: isDefault ? 'YES' : 'NO',
    AUTOSELECT: 'YES',
    CHANNELS: quoted(String(channels)),
    URI: quoted(`${id}/index.m3u8`),
  });
}

function pushVideoVariant(lines: string[], video: VideoRendition, audios: readonly AudioRendition[]): void {
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
    `${video.id}/index.m3u8`,
  );
}

function pushAudioVariant(lines: string[], { id, codec, bitRate }: AudioRendition): void {
  const attributes = { BANDWIDTH: bitRate.peak, 'AVERAGE-BANDWIDTH': bitRate.average, CODECS: quoted(codec) };
  lines.push(tag('EXT-X-STREAM-INF', attributes), `${id}/index.m3u8`);
}
