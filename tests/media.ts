import { CLOCK_BIT_PIXELS, CLOCK_BITS } from '../origin/transcode/clock.ts';
import { run } from '../runtime/process.ts';

/** A packet as ffmpeg reads it: times in seconds. */
export type Packet = { readonly stream: number; readonly dts: number; readonly duration: number };

/** Decodes `url`, or `seconds` of it; gives ffmpeg's error lines. */
export async function decodeErrors(url: string, seconds?: number): Promise<readonly string[]> {
  const limit = seconds === undefined ? [] : ['-t', String(seconds)];
  const args = ['-v', 'error', '-xerror', '-i', url, '-map', '0', ...limit, '-f', 'null', '-'];
  const { exit, errors } = await run('ffmpeg', args);
  return exit.kind === 'status' && exit.status === 0
    ? errors
    : [...errors, `ffmpeg: ${JSON.stringify(exit)}`];
}

/** What ffprobe says of `url`. */
export async function ffprobe(url: string): Promise<{
  readonly streams: readonly { codec_name: string; codec_type: string; height?: number }[];
  readonly format: { readonly duration?: string };
}> {
  const { output } = await run('ffprobe', [
    '-v',
    'error',
    '-of',
    'json',
    '-show_streams',
    '-show_format',
    url,
  ]);
  return JSON.parse(output.toString());
}

/** The packets of the first video and the first audio stream, in `seconds` of playback; or those of `streams`. */
export async function packets(
  url: string,
  seconds: number,
  streams: readonly string[] = ['0:v:0', '0:a:0'],
): Promise<readonly Packet[]> {
  const maps = streams.flatMap((stream) => ['-map', stream]);
  const args = ['-v', 'error', '-i', url, ...maps, '-t', String(seconds)];
  const { output } = await run('ffmpeg', [...args, '-c', 'copy', '-f', 'framecrc', '-']);
  return readPackets(output.toString().split('\n'));
}

/** The lines of ffmpeg's framecrc. */
export function readPackets(lines: readonly string[]): readonly Packet[] {
  const scales = lines.flatMap((line) => {
    const match = /^#tb (\d): (\d+)\/(\d+)/.exec(line);
    return match ? [Number(match[2]) / Number(match[3])] : [];
  });
  return lines.flatMap((line) => {
    if (line === '' || line.startsWith('#')) return [];
    const [stream = 0, dts = 0, , duration = 0] = line.split(',').map(Number);
    const scale = scales[stream] ?? 1;
    return [{ stream, dts: dts * scale, duration: duration * scale }];
  });
}

/**
 * Places where a stream's next packet does not start where the one before it ended. ffmpeg does not say how long
 * Opus in HLS lasts; such a packet is taken to last as long as the one before it.
 */
export function breaks(list: readonly Packet[]): readonly string[] {
  const before = new Map<number, Packet>();
  return list.flatMap((packet) => {
    const last = before.get(packet.stream);
    const duration = packet.duration || (last === undefined ? 0 : last.duration || packet.dts - last.dts);
    before.set(packet.stream, { ...packet, duration });
    if (last === undefined || last.duration === 0 || Math.abs(last.dts + last.duration - packet.dts) < 0.001)
      return [];
    return [`stream ${packet.stream}: ${last.dts + last.duration} s, then ${packet.dts} s`];
  });
}

const BLACK_OR_WHITE = 128;

/** The burnt-in clock of each picture of `seconds` of playback: milliseconds since 1970, modulo 2^32. */
export async function burntClocks(url: string, seconds: number): Promise<readonly number[]> {
  const width = CLOCK_BITS * CLOCK_BIT_PIXELS;
  const crop = `crop=${width}:${CLOCK_BIT_PIXELS}:0:0,format=gray`;
  const args = [
    '-v',
    'error',
    '-i',
    url,
    '-map',
    '0:v:0',
    '-t',
    String(seconds),
    '-vf',
    crop,
    '-f',
    'rawvideo',
    '-',
  ];
  const { output } = await run('ffmpeg', args);
  const size = width * CLOCK_BIT_PIXELS;
  const count = Math.floor(output.byteLength / size);
  return Array.from({ length: count }, (_, picture) => readClock(output.subarray(picture * size), width));
}

function readClock(picture: Uint8Array, width: number): number {
  const middle = Math.floor(CLOCK_BIT_PIXELS / 2);
  let value = 0;
  for (let bit = 0; bit < CLOCK_BITS; bit++) {
    const level = picture[middle * width + bit * CLOCK_BIT_PIXELS + middle] ?? 0;
    value = value * 2 + (level > BLACK_OR_WHITE ? 1 : 0);
  }
  return value;
}
