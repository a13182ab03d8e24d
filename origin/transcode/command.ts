import { audioArgs } from './audio-encoder.ts';
import {
  audioStream,
  frameRate,
  framesPerSecond,
  type Input,
  inputArgs,
  isLive,
  overlay,
  protocolsOf,
} from './input.ts';
import type { Rendition, VideoRendition } from './ladder.ts';
import type { Source } from './probe.ts';
import { videoArgs } from './video-encoder.ts';

export type Job = {
  readonly input: Input;
  readonly source: Source;
  readonly renditions: readonly Rendition[];
  /** Key frames stand this far apart. */
  readonly segmentSeconds: number;
};

/**
 * ffmpeg's arguments for a job: one decode, all renditions with key frames at the same times, and one fragmented
 * MP4 on standard output with a fragment for each sample. The tracks come in the order of the renditions.
 */
export function ffmpegArgs(job: Job): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    ...['-protocol_whitelist', protocolsOf(job.input)],
    ...inputArgs(job.input, job.source),
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
function videoFilter({ source, input }: Job, videos: readonly VideoRendition[]): string {
  const top = videos[0]?.height ?? 0;
  const chain = [`[0:V:0]fps=${frameRate(source)},scale=-2:${top},format=yuv420p[top]`];
  const drawn = overlay(input, source, 'top', 'drawn');
  if (drawn !== null) chain.push(drawn);
  let from = drawn === null ? 'top' : 'drawn';
  for (const [index, { id }] of videos.entries()) {
    const next = videos[index + 1];
    if (next === undefined) chain.push(`[${from}]null[${id}]`);
    else
      chain.push(`[${from}]split[${id}][from${index}]`, `[from${index}]scale=-2:${next.height}[to${index}]`);
    from = `to${index}`;
  }
  return chain.join(';');
}

function encoderArgs(job: Job, rendition: Rendition, index: number): string[] {
  const live = isLive(job.input);
  if (rendition.kind === 'audio') return ['-map', audioStream(job.input), ...audioArgs(rendition, index)];
  const { segmentSeconds, source } = job;
  const encoding = {
    live,
    segmentSeconds,
    frameRate: framesPerSecond(source),
    maxBitRate: rendition.maxBitRate,
  };
  return ['-map', `[${rendition.id}]`, ...videoArgs(rendition.codec, encoding, index)];
}
