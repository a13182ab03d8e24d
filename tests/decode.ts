import { start } from '../runtime/process.ts';

/** What ffmpeg makes of media: how many pictures it decodes, and what it complains of. */
export async function decode(
  input: AsyncIterable<Uint8Array>,
): Promise<{ readonly frames: number; readonly errors: readonly string[] }> {
  const errors: string[] = [];
  const quiet = ['-hide_banner', '-nostats', '-v', 'warning', '-xerror'];
  const args = [
    ...quiet,
    '-i',
    'pipe:0',
    '-map',
    '0',
    '-f',
    'framecrc',
    '-fps_mode',
    'passthrough',
    'pipe:1',
  ];
  const child = await start({ command: 'ffmpeg', args, input, onErrorLine: (line) => errors.push(line) });
  let text = '';
  for await (const bytes of child.output) text += new TextDecoder().decode(bytes);
  await child.exited;
  return { frames: text.split('\n').filter((line) => line.startsWith('0,')).length, errors };
}
