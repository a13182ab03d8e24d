import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remove, writeWhole } from '../../runtime/files.ts';
import { run } from '../../runtime/process.ts';
import { Unreadable } from './probe.ts';
import { reasonFrom } from './reason.ts';

/** Height of a poster, in pixels. */
const STILL_HEIGHT = 540;

/** Part of a presentation after which its poster is taken: past titles and fades. */
export const POSTER_AT = 0.35;

/** A JPEG of the picture at a time of a file. Throws Unreadable. */
export async function stillFrom(file: string, atSeconds: number): Promise<Uint8Array> {
  const { exit, output, errors } = await run('ffmpeg', [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-protocol_whitelist', 'file,pipe,concatf,concat'],
    ...[
      '-ss',
      atSeconds.toFixed(3),
      '-i',
      file,
      '-frames:v',
      '1',
      '-vf',
      `scale=-2:'min(${STILL_HEIGHT},ih)'`,
    ],
    ...['-f', 'image2pipe', '-c:v', 'mjpeg', '-q:v', '4', 'pipe:1'],
  ]);
  if (exit.kind !== 'status' || exit.status !== 0 || output.byteLength === 0) {
    throw new Unreadable(reasonFrom(errors, 'ffmpeg took no picture from it'));
  }
  return output;
}

/** A JPEG of the first picture of a segment, given with its init segment. Throws Unreadable. */
export async function stillOf(init: Uint8Array, segment: Uint8Array): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-'));
  try {
    const file = join(folder, 'segment.mp4');
    await writeWhole(file, Buffer.concat([init, segment]));
    return await stillFrom(file, 0);
  } finally {
    await remove(folder);
  }
}
