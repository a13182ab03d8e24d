import type { VideoCodec } from '../../wire/channel.ts';

/** What is asked of an encoder of pictures. */
export type VideoEncoding = {
  /** It has to keep up with real time. */
  readonly live: boolean;
  /** Key frames stand this far apart. */
  readonly segmentSeconds: number;
  /** Frames a second, which the filters before the encoder keep constant. */
  readonly frameRate: number;
  /** Bits a second. */
  readonly maxBitRate: number;
};

/**
 * ffmpeg's arguments for the pictures that are its output stream `index`. All renditions of a job get the same
 * frames, so an encoder that counts frames to its key frames sets them at the same times in each.
 */
export function videoArgs(codec: VideoCodec, encoding: VideoEncoding, index: number): string[] {
  switch (codec) {
    case 'h264':
      return h264Args(encoding, index);
    case 'hevc':
      return hevcArgs(encoding, index);
    case 'vp9':
      return vp9Args(encoding, index);
    case 'av1':
      return av1Args(encoding, index);
  }
}

const boundArgs = ({ maxBitRate }: VideoEncoding, index: number) => [
  ...[`-maxrate:${index}`, String(maxBitRate), `-bufsize:${index}`, String(maxBitRate * 2)],
];

/** Frames from one key frame to the next. */
const framesApart = ({ segmentSeconds, frameRate }: VideoEncoding) =>
  Math.max(1, Math.round(segmentSeconds * frameRate));

function h264Args(encoding: VideoEncoding, index: number): string[] {
  const { live, segmentSeconds } = encoding;
  const speed = live ? ['ultrafast', '-tune', 'zerolatency'] : ['veryfast'];
  return [
    ...[`-c:${index}`, 'libx264', '-preset', ...speed, `-crf:${index}`, live ? '26' : '21'],
    ...boundArgs(encoding, index),
    ...[
      `-force_key_frames:${index}`,
      `expr:gte(t,n_forced*${segmentSeconds})`,
      `-sc_threshold:${index}`,
      '0',
    ],
    ...[`-g:${index}`, '1000', `-flags:${index}`, '+cgop'],
  ];
}

/** Apple plays HEVC as `hvc1` only: its parameter sets in the sample entry (HLS Authoring Specification §1.10). */
function hevcArgs(encoding: VideoEncoding, index: number): string[] {
  const { live } = encoding;
  const apart = framesApart(encoding);
  const speed = live ? ['ultrafast', `-tune:${index}`, 'zerolatency'] : ['veryfast'];
  const params = `log-level=error:open-gop=0:scenecut=0:keyint=${apart}:min-keyint=${apart}`;
  return [
    ...[`-c:${index}`, 'libx265', `-preset:${index}`, ...speed, `-crf:${index}`, live ? '30' : '25'],
    ...boundArgs(encoding, index),
    ...[`-x265-params:${index}`, params, `-tag:${index}`, 'hvc1'],
  ];
}

function vp9Args(encoding: VideoEncoding, index: number): string[] {
  const { live, maxBitRate } = encoding;
  const apart = String(framesApart(encoding));
  const speed = live
    ? [`-deadline:${index}`, 'realtime', `-cpu-used:${index}`, '8', `-lag-in-frames:${index}`, '0']
    : [`-deadline:${index}`, 'good', `-cpu-used:${index}`, '5'];
  return [
    ...[`-c:${index}`, 'libvpx-vp9', ...speed, `-row-mt:${index}`, '1'],
    ...[`-crf:${index}`, live ? '36' : '31', `-b:${index}`, String(maxBitRate)],
    ...[`-g:${index}`, apart, `-keyint_min:${index}`, apart],
  ];
}

/** SVT-AV1 of 1.4 knows no forced key frames; `pred-struct=1` is its low delay, `irefresh-type=2` a closed GOP. */
function av1Args(encoding: VideoEncoding, index: number): string[] {
  const { live } = encoding;
  const params = ['irefresh-type=2', 'scd=0', ...(live ? ['pred-struct=1'] : [])].join(':');
  return [
    ...[`-c:${index}`, 'libsvtav1', `-preset:${index}`, live ? '12' : '10'],
    ...[`-crf:${index}`, live ? '42' : '35', `-g:${index}`, String(framesApart(encoding))],
    ...[`-svtav1-params:${index}`, params],
  ];
}
