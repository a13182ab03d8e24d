import { read } from '../media/codecs/sample-entry.ts';
import { Demuxer } from '../media/isobmff/demuxer.ts';
import { run } from '../runtime/process.ts';

/** Runs ffmpeg and gives what it writes to standard output. Throws with its words when it fails. */
export async function ffmpeg(...args: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { exit, output, errors } = await run('ffmpeg', ['-hide_banner', '-nostdin', '-v', 'error', ...args]);
  if (exit.kind !== 'status' || exit.status !== 0) throw new Error(`ffmpeg: ${errors.join('\n')}`);
  return new Uint8Array(output);
}

/** Test picture and tone, as inputs 0 and 1. */
export const testSignal = (seconds: number, size = '64x48', rate = '25') => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
  ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
];

/** H.264 with B-frames and a key frame a second. */
export const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p'];

export const AAC = ['-c:a', 'aac', '-b:a', '64k', '-ac', '2'];

/** Fragmented MP4 on standard output, as the origin has it made. */
export const FRAGMENTED = [
  ...['-f', 'mp4', '-movflags', '+empty_moov+default_base_moof', '-frag_duration', '100000', 'pipe:1'],
];

/** Three seconds of picture and tone in fragmented MP4. */
export const fragmentedClip = () => ffmpeg(...testSignal(3), ...H264, ...AAC, ...FRAGMENTED);

type Making = {
  /** When its movie box is written: at once, or when the encoders have said all of themselves. */
  readonly moov?: 'empty_moov' | 'delay_moov';
  readonly size?: string;
};

/** The sample entries of what ffmpeg makes of a short test signal. */
export async function sampleEntries(
  encoding: readonly string[],
  { moov = 'empty_moov', size = '64x48' }: Making = {},
): Promise<readonly Uint8Array[]> {
  const output = FRAGMENTED.map((arg) => arg.replace('empty_moov', moov));
  const found = new Demuxer().push(await ffmpeg(...testSignal(0.2, size), ...encoding, ...output));
  return found.flatMap((one) =>
    one.kind === 'movie' ? one.tracks.map(({ sampleEntry }) => sampleEntry) : [],
  );
}

/** The body of the configuration box in the first of them. */
export async function configurationOf(encoding: readonly string[], making: Making = {}): Promise<Uint8Array> {
  const [entry] = await sampleEntries(encoding, making);
  const found = entry === undefined ? null : read(entry);
  if (found === null) throw new Error('ffmpeg made no sample entry that is read');
  return found.configuration;
}
