import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../runtime/process.ts';

/** Makes a film that is packaged in a second: `seconds` of a moving test picture and a tone. */
export function makeFilm(seconds: number, size = '320x240', rate = 25): Promise<string> {
  const video = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  return make('small.mp4', [...video, ...tone(seconds), ...codecs]);
}

/** Makes a file that holds nothing but a tone. */
export const makeSound = (seconds: number) => make('tone.m4a', [...tone(seconds), '-c:a', 'aac']);

/** Makes a film that flashes while a tone is heard, once a second. */
export function makeFlashes(seconds: number): Promise<string> {
  const picture = `color=black:s=160x120:r=25:d=${seconds},drawbox=c=white:t=fill:enable='lt(mod(t,1),0.2)'`;
  const sound = `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.2)':s=48000:d=${seconds}`;
  const inputs = [picture, sound].flatMap((source) => ['-f', 'lavfi', '-i', source]);
  return make('flashes.mp4', [...inputs, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac']);
}

const tone = (seconds: number) => [
  ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
];

/** Has ffmpeg write a file into a folder of its own. */
async function make(name: string, args: readonly string[]): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'headwater-film-')), name);
  const { exit, errors } = await run('ffmpeg', ['-v', 'error', ...args, file]);
  if (exit.kind !== 'status' || exit.status !== 0)
    throw new Error(`ffmpeg made no film: ${errors.join('; ')}`);
  return file;
}
