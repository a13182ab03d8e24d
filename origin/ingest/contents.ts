import { z } from 'zod';
import { run } from '../../runtime/process.ts';
import { reasonFrom } from '../transcode/reason.ts';

/** What a source carries, as far as it matters for putting it into MP4. Null where it has none. */
export type Contents = {
  readonly video: Video | null;
  readonly audio: Audio | null;
};

/** `hevc` needs a name of its own in MP4, `packaged` is carried as it is, `other` is not, such as MPEG-2 video. */
export type Video = 'hevc' | 'packaged' | 'other';

/** `aac` may have ADTS headers, `packaged` is carried as it is, `other` has to be encoded anew. */
export type Audio = 'aac' | 'packaged' | 'other';

/** A source that can't be taken in, with the reason in words. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}

/** It can't be passed through; it may be encoded. */
export class NotCarried extends Unusable {}

const Report = z.object({
  streams: z.array(z.object({ codec_type: z.string(), codec_name: z.string().optional() })).default([]),
});

/** Asks ffprobe, which connects by itself; `inputArgs` end with the URL. Throws Unusable with its reason. */
export async function contentsOf(inputArgs: readonly string[]): Promise<Contents> {
  const wanted = ['-v', 'error', '-of', 'json', '-show_entries', 'stream=codec_type,codec_name'];
  const { exit, output, errors } = await run('ffprobe', [...wanted, ...inputArgs]);
  if (exit.kind !== 'status' || exit.status !== 0)
    throw new Unusable(reasonFrom(errors, 'ffprobe could not read it'));
  const { streams } = Report.parse(JSON.parse(output.toString()));
  const nameOf = (type: string) => streams.find(({ codec_type }) => codec_type === type)?.codec_name ?? null;
  return { video: videoNamed(nameOf('video')), audio: audioNamed(nameOf('audio')) };
}

const VIDEOS: Readonly<Record<string, Video>> = {
  h264: 'packaged',
  hevc: 'hevc',
  vp9: 'packaged',
  av1: 'packaged',
};
const AUDIOS: Readonly<Record<string, Audio>> = { aac: 'aac', mp3: 'packaged', opus: 'packaged' };

const videoNamed = (name: string | null) => (name === null ? null : (VIDEOS[name] ?? 'other'));
const audioNamed = (name: string | null) => (name === null ? null : (AUDIOS[name] ?? 'other'));
