import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../runtime/process.ts';

/** Makes a film that is packaged in a second: `seconds` of a moving test picture, 320×240 at 25/s, and a tone. */
export async function makeFilm(seconds: number): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'headwater-film-')), 'small.mp4');
  const video = ['-f', 'lavfi', '-i', `testsrc2=size=320x240:rate=25:duration=${seconds}`];
  const audio = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  const { exit, errors } = await run('ffmpeg', ['-v', 'error', ...video, ...audio, ...codecs, file]);
  if (exit.kind !== 'status' || exit.status !== 0)
    throw new Error(`ffmpeg made no film: ${errors.join('; ')}`);
  return file;
}
