import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** An ffmpeg that publishes. */
export type Sender = {
  readonly pid: number;
  /** With SIGKILL, as a machine that loses its power. */
  readonly kill: () => void;
  readonly ended: Promise<{ readonly status: number | null; readonly said: string }>;
};

/** Test pictures of 320x180, 25 a second, and a tone, in real time. */
const SIGNAL = [
  ...['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'],
  ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
];

/** H.264 with a key frame a second, and AAC. */
export const H264_AAC = [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25', '-pix_fmt', 'yuv420p'],
  ...['-c:a', 'aac', '-b:a', '96k'],
];

/** Has ffmpeg publish; `output` are its arguments from the format on. */
export function sendWith(output: readonly string[], coding: readonly string[] = H264_AAC): Sender {
  const args = ['-v', 'error', '-nostdin', ...SIGNAL, ...coding, ...output];
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  const ended = once(child, 'exit').then(([status]) => ({ status: status as number | null, said }));
  return { pid: child.pid ?? 0, kill: () => child.kill('SIGKILL'), ended };
}
