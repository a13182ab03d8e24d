import { writeChunk } from '../media/isobmff/chunk.ts';
import { Demuxer } from '../media/isobmff/demuxer.ts';
import { writeInit } from '../media/isobmff/init.ts';
import type { MovieTrack } from '../media/isobmff/movie.ts';
import type { Sample } from '../media/sample.ts';
import { FRAGMENTED, ffmpeg, testSignal } from './clip.ts';

/** A track of CMAF, and the samples that it was written from. */
export type CmafTrack = {
  readonly track: MovieTrack;
  readonly mediaTime: number;
  readonly init: Uint8Array;
  readonly segments: readonly Uint8Array[];
  readonly samples: readonly Sample[];
};

export type CmafOptions = {
  readonly seconds?: number;
  readonly rate?: string;
  readonly size?: string;
  readonly samplesPerSegment: number;
  /** Media time of the first sample, in seconds. */
  readonly startSeconds?: number;
};

/** Has ffmpeg encode a test signal to one track, and writes it as the origin does, in segments of equal length. */
export async function cmafTrack(encoding: readonly string[], options: CmafOptions): Promise<CmafTrack> {
  const { seconds = 3, size = '64x48', rate = '25', samplesPerSegment, startSeconds = 0 } = options;
  const clip = await ffmpeg(...testSignal(seconds, size, rate), ...encoding, ...FRAGMENTED);
  const found = new Demuxer().push(clip);
  const track = found.flatMap((one) => (one.kind === 'movie' ? one.tracks : []))[0];
  if (track === undefined) throw new Error('ffmpeg made no track');
  const runs = found.flatMap((one) => (one.kind === 'samples' ? one.runs : []));
  const start = startSeconds * track.timescale;
  const samples = runs.flatMap((run) => run.samples).map((one) => ({ ...one, dts: one.dts + start }));
  const mediaTime = samples[0]?.compositionOffset ?? 0;
  const kind = track.handler === 'vide' ? 'video' : 'audio';
  const { timescale, sampleEntry } = track;
  const init = writeInit({ kind, timescale, mediaTime, width: 64, height: 48, language: 'und', sampleEntry });
  const segments = Array.from({ length: Math.ceil(samples.length / samplesPerSegment) }, (_, index) => {
    const some = samples.slice(index * samplesPerSegment, (index + 1) * samplesPerSegment);
    return writeChunk({ sequence: index + 1, time: some[0]?.dts ?? 0, samples: some, opensSegment: true });
  });
  return { track, mediaTime, init, segments, samples };
}
