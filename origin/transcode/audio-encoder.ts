import type { AudioRendition } from './ladder.ts';

const AUDIO_RATE = 48_000;

const ENCODERS: Readonly<Record<AudioRendition['codec'], string>> = {
  aac: 'aac',
  mp3: 'libmp3lame',
  opus: 'libopus',
};

/** ffmpeg's arguments for the sound that is its output stream `index`. */
export function audioArgs({ codec, bitRate, channels }: AudioRendition, index: number): string[] {
  return [
    ...[`-c:${index}`, ENCODERS[codec], `-b:${index}`, String(bitRate)],
    // A frame of MP3 that borrows bits from those before it can't be the first that is heard of a segment.
    ...(codec === 'mp3' ? [`-reservoir:${index}`, '0'] : []),
    ...[`-ac:${index}`, String(channels), `-ar:${index}`, String(AUDIO_RATE)],
    ...['-af', 'aresample=async=1:min_hard_comp=0.1'],
  ];
}
