import { z } from 'zod';
import { run } from '../../runtime/process.ts';
import { reasonFrom } from './reason.ts';

/** What a source holds, as far as a ladder needs to know. */
export type Source = {
  readonly durationSeconds: number;
  readonly video: {
    /** As it is shown, turned if it is to be. */
    readonly width: number;
    readonly height: number;
    /** Frames a second, as a fraction. */
    readonly frameRate: { readonly num: number; readonly den: number };
  } | null;
  readonly audio: { readonly channels: number; readonly language: string } | null;
};

/** A file that can't be presented, with the reason in words. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const Stream = z.object({
  codec_type: z.string(),
  width: z.number().optional(),
  height: z.number().optional(),
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  channels: z.number().optional(),
  tags: z.object({ language: z.string().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
});

const Report = z.object({
  streams: z.array(Stream).default([]),
  format: z.object({ duration: z.coerce.number().optional() }).default({}),
});

/** Frames a second when a source does not say. */
const USUAL_FRAME_RATE = { num: 25, den: 1 };

/** Asks ffprobe about a file. Throws Unreadable with its reason, or Failure `program-missing`. */
export const probe = (file: string): Promise<Source> => probeInput(['-i', file], 'file');

/** Asks ffprobe about what `inputArgs` name, which may open `protocols` only. Throws as `probe` does. */
export async function probeInput(inputArgs: readonly string[], protocols: string): Promise<Source> {
  const asked = ['-v', 'error', '-protocol_whitelist', protocols, '-of', 'json'];
  const args = [...asked, '-show_streams', '-show_format', ...inputArgs];
  const { exit, output, errors } = await run('ffprobe', args);
  if (exit.kind !== 'status' || exit.status !== 0)
    throw new Unreadable(reasonFrom(errors, 'ffprobe could not read it'));
  const report = Report.parse(JSON.parse(output.toString()));
  const video = report.streams.find(
    (stream) => stream.codec_type === 'video' && !stream.disposition?.attached_pic,
  );
  const audio = report.streams.find((stream) => stream.codec_type === 'audio');
  if (!video && !audio) throw new Unreadable('it holds neither video nor audio');
  return {
    durationSeconds: report.format.duration ?? 0,
    video: video ? videoOf(video) : null,
    audio: audio ? { channels: audio.channels ?? 2, language: audio.tags?.language ?? 'und' } : null,
  };
}

function videoOf({ width, height, avg_frame_rate, r_frame_rate, side_data_list }: z.infer<typeof Stream>) {
  if (!width || !height) throw new Unreadable('its video has no size');
  const rotation = side_data_list?.find((one) => one.rotation !== undefined)?.rotation ?? 0;
  const isTurned = Math.abs(rotation) % 180 === 90;
  const size = isTurned ? { width: height, height: width } : { width, height };
  return { ...size, frameRate: fraction(avg_frame_rate) ?? fraction(r_frame_rate) ?? USUAL_FRAME_RATE };
}

/** `24000/1001`; null for `0/0`, which stands for unknown. */
function fraction(text: string | undefined): { num: number; den: number } | null {
  const [num, den] = (text ?? '').split('/').map(Number);
  return num && den ? { num, den } : null;
}
