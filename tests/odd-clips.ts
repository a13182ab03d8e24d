import { ffmpeg } from './clip.ts';

/** What should be played of a clip that is packaged as it comes. */
export type Expected = {
  readonly seconds: number;
  readonly video: {
    readonly codec: string;
    readonly size: string;
    readonly frames: number;
    /** Degrees, as ffprobe has them. */
    readonly rotation?: number;
  } | null;
  readonly audio: {
    readonly channels: number;
    readonly sampleRate: number;
    readonly startSeconds: number;
  } | null;
};

/** A clip that some encoder might send, made by one run of ffmpeg. */
export type Clip = Expected & {
  readonly name: string;
  /** ffmpeg's arguments but for the file that it writes. */
  readonly args: readonly string[];
};

/** How long a clip lasts, unless it says otherwise. */
const SECONDS = 3;

const picture = (size = '320x180', rate = '25', seconds = SECONDS) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
];

const tone = (seconds = SECONDS) => [
  ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
];

const x264 = (...more: readonly string[]) => [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25', ...more],
];

const B_FRAMES = ['-bf', '2', '-b_strategy', '0'];

const x265 = (pixels: string) => [
  ...['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', pixels, '-tag:v', 'hvc1'],
  ...['-x265-params', 'log-level=error:keyint=25:min-keyint=25'],
];

const AAC = ['-c:a', 'aac', '-b:a', '96k', '-ac', '1'];

/** Of each three pictures two stay in the first half and one in the second. */
const UNEVEN = ['-vf', "select='if(lt(n,36),mod(n,3),not(mod(n,3)))'", '-fps_mode', 'vfr'];

const MONO = { channels: 1, sampleRate: 48_000, startSeconds: 0 };

const H264 = { codec: 'h264', size: '320x180', frames: 75 };

const clip = (name: string, args: readonly string[], more: Partial<Expected> = {}): Clip => ({
  name,
  args,
  seconds: SECONDS,
  video: H264,
  audio: MONO,
  ...more,
});

export const CLIPS: readonly Clip[] = [
  clip('an uneven frame rate', [...picture(), ...tone(), ...UNEVEN, ...x264('-g', '10'), ...AAC], {
    video: { ...H264, frames: 37 },
  }),
  clip('B-frames', [...picture(), ...tone(), ...x264(...B_FRAMES), ...AAC]),
  clip('open groups of pictures', [
    ...[...picture(), ...tone(), ...x264(...B_FRAMES, '-x264-params', 'open-gop=1'), ...AAC],
  ]),
  clip('H.264 of 10 bits', [...picture(), ...tone(), ...x264('-pix_fmt', 'yuv420p10le'), ...AAC]),
  clip('HEVC of 10 bits', [...picture(), ...tone(), ...x265('yuv420p10le'), ...AAC], {
    video: { ...H264, codec: 'hevc' },
  }),
  clip('sound of 5.1', [...picture(), ...tone(), ...x264(), '-c:a', 'aac', '-ac', '6'], {
    audio: { ...MONO, channels: 6 },
  }),
  clip('sound of 8 kHz', [...picture(), ...tone(), ...x264(), '-c:a', 'aac', '-ac', '1', '-ar', '8000'], {
    audio: { ...MONO, sampleRate: 8_000 },
  }),
  clip('no sound', [...picture(), ...x264()], { audio: null }),
  clip('only sound', [...tone(), ...AAC], { video: null }),
  clip('late sound', [...picture('320x180', '25', 5), '-itsoffset', '2.5', ...tone(2.5), ...x264(), ...AAC], {
    seconds: 5,
    video: { ...H264, frames: 125 },
    audio: { ...MONO, startSeconds: 2.5 },
  }),
  clip('one key frame', [...picture(), ...tone(), ...x264('-g', '1000'), ...AAC]),
  clip('23.976 pictures a second', [...picture('320x180', '24000/1001'), ...tone(), ...x264(), ...AAC], {
    video: { ...H264, frames: 72 },
  }),
  clip('59.94 pictures a second', [...picture('320x180', '60000/1001'), ...tone(), ...x264(), ...AAC], {
    video: { ...H264, frames: 180 },
  }),
  clip(
    'pictures of 3 by 5',
    [
      ...[...picture('6x10'), ...tone(), '-vf', 'scale=3:5,format=yuv444p'],
      ...[...x264('-pix_fmt', 'yuv444p'), ...AAC],
    ],
    { video: { ...H264, size: '3x5' } },
  ),
  clip('pictures of 4K', [...picture('3840x2160', '25', 2), ...tone(2), ...x264(), ...AAC], {
    seconds: 2,
    video: { ...H264, size: '3840x2160', frames: 50 },
  }),
];

/** Turned by a display matrix, which only MP4 carries. */
export const TURNED: Clip = clip(
  'a picture that is turned',
  [...picture(), ...tone(), ...x264(...B_FRAMES), ...AAC],
  { video: { ...H264, rotation: 90 } },
);

/** Writes a clip into a file of MP4. */
export async function makeClip({ args, video }: Clip, file: string): Promise<void> {
  const rotation = video?.rotation;
  const straight = rotation === undefined ? file : `${file}.straight.mp4`;
  await ffmpeg(...args, straight);
  // ffmpeg turns only what it copies.
  if (rotation !== undefined)
    await ffmpeg('-i', straight, '-c', 'copy', '-metadata:s:v', `rotate=${rotation}`, file);
}
