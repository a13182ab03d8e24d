import { audioArgs } from './audio-encoder.ts';
import { clockFilter } from './clock.ts';
import type { Rendition, VideoRendition } from './ladder.ts';
import type { Source } from './probe.ts';
import { videoArgs } from './video-encoder.ts';

/** How a source is read: once from start to end, or for ever at its own pace. */
export type Reading =
  | { readonly kind: 'once' }
  /** `clock` burns the time into the picture, `startMs` being that of the first frame. */
  | { readonly kind: 'loop'; readonly clock: { readonly startMs: number; readonly digits: boolean } | null };

export type Job = {
  readonly file: string;
  readonly source: Source;
  readonly renditions: readonly Rendition[];
  readonly reading: Reading;
  /** Key frames stand this far apart. */
  readonly segmentSeconds: number;
};

/**
 * ffmpeg's arguments for a job: one decode, all renditions with key frames at the same times, and one fragmented
 * MP4 on standard output with a fragment for each sample. The tracks come in the order of the renditions.
 */
export function ffmpegArgs(job: Job): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-protocol_whitelist', 'file,pipe'],
    ...(job.reading.kind === 'loop' ? ['-re', '-stream_loop', '-1'] : []),
    ...['-i', job.file],
    ...filters(job),
    ...job.renditions.flatMap((rendition, index) => encoderArgs(job, rendition, index)),
    ...[
      '-f',
      'mp4',
      '-movflags',
      '+empty_moov+default_base_moof',
      '-frag_duration',
      '1',
      '-flush_packets',
      '1',
      'pipe:1',
    ],
  ];
}

function filters(job: Job): string[] {
  const videos = job.renditions.filter((rendition) => rendition.kind === 'video');
  return videos.length === 0 ? [] : ['-filter_complex', videoFilter(job, videos)];
}

/** Scales down rung by rung, so that a small picture never costs the scaling of the largest. */
function videoFilter({ source, reading }: Job, videos: readonly VideoRendition[]): string {
  const rate = frameRate(source);
  const top = videos[0]?.height ?? 0;
  const chain = [`[0:V:0]fps=${rate},scale=-2:${top},format=yuv420p[top]`];
  const clock = reading.kind === 'loop' ? reading.clock : null;
  if (clock !== null) chain.push(clockFilter('top', 'clocked', clock.startMs, rate, clock.digits));
  let from = clock === null ? 'top' : 'clocked';
  for (const [index, { id }] of videos.entries()) {
    const next = videos[index + 1];
    if (next === undefined) chain.push(`[${from}]null[${id}]`);
    else
      chain.push(`[${from}]split[${id}][from${index}]`, `[from${index}]scale=-2:${next.height}[to${index}]`);
    from = `to${index}`;
  }
  return chain.join(';');
}

const frameRate = ({ video }: Source) => `${video?.frameRate.num ?? 25}/${video?.frameRate.den ?? 1}`;

const framesPerSecond = ({ video }: Source) =>
  video === null ? 25 : video.frameRate.num / video.frameRate.den;

function encoderArgs(job: Job, rendition: Rendition, index: number): string[] {
  const live = job.reading.kind === 'loop';
  if (rendition.kind === 'audio') return ['-map', '0:a:0', ...audioArgs(rendition, index)];
  const { segmentSeconds, source } = job;
  const encoding = {
    live,
    segmentSeconds,
    frameRate: framesPerSecond(source),
    maxBitRate: rendition.maxBitRate,
  };
  return ['-map', `[${rendition.id}]`, ...videoArgs(rendition.codec, encoding, index)];
}
