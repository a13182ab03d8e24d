import { join } from 'node:path';
import { Failure } from '../../runtime/failure.ts';
import { writeWhole } from '../../runtime/files.ts';
import { run } from '../../runtime/process.ts';
import { PresentationId } from '../../wire/ids.ts';
import { type Surroundings, startNode } from './nodes.ts';
import type { Server } from './server.ts';

export const CHANNEL = PresentationId.parse('bench');

/** Longer than a bench looks at it before the file starts anew. */
const CLIP_SECONDS = 20;

/** Makes the file that channels play: noise in H.264 of a constant bit rate, a key frame every 2 s; with a tone if wanted. */
export async function makeClip(
  folder: string,
  bitsPerSecond: number,
  sound: 'silent' | 'with-sound' = 'silent',
): Promise<string> {
  const file = join(folder, 'clip.mp4');
  const picture = `testsrc2=size=1280x720:rate=25:duration=${CLIP_SECONDS},noise=alls=30:allf=t`;
  const rate = String(bitsPerSecond);
  const rates = ['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate];
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '50', '-sc_threshold', '0'];
  const constant = ['-x264-params', 'nal-hrd=cbr', '-pix_fmt', 'yuv420p'];
  const tone = `sine=frequency=440:sample_rate=48000:duration=${CLIP_SECONDS}`;
  const heard = sound === 'silent' ? [] : ['-f', 'lavfi', '-i', tone];
  const inputs = ['-f', 'lavfi', '-i', picture, ...heard];
  const args = ['-v', 'error', ...inputs, ...codec, ...rates, ...constant, '-c:a', 'aac', file];
  const { exit, errors } = await run('ffmpeg', args);
  if (exit.kind === 'status' && exit.status === 0) return file;
  throw new Failure('child-failed', `ffmpeg made no clip: ${errors.join('; ')}`, 'Run it by hand to see why');
}

/** An origin with one channel, that plays a clip as it is. */
export async function startChannel(
  around: Surroundings,
  clip: string,
  env: Readonly<Record<string, string>>,
): Promise<Server> {
  const programme = join(around.folder, 'programme.json');
  const channel = { kind: 'live', id: CHANNEL, title: 'Bench', source: `file:${clip}` };
  await writeWhole(programme, JSON.stringify({ presentations: [channel] }));
  const storage = { HEADWATER_STORAGE_URL: `file:${join(around.folder, 'media')}` };
  return startNode(
    'origin',
    around,
    { ...env, ...storage, HEADWATER_ORIGIN_PROGRAMME: programme },
    around.core,
  );
}
