import { OPUS_RATE } from '../../media/codecs/opus-stream.ts';
import { LEAD_SECONDS } from '../transcode/feed-printer.ts';

/** Speech and music in stereo sound as they came; less than 5 % of a picture's. */
const BITS_PER_SECOND = 128_000;

/** Of a packet: half of what is usual, since ffmpeg holds one back. */
const PACKET_MS = 10;

/** Sound that is further off than this is filled up or cut: pictures and sound belong together. */
const OFF_MAX_SECONDS = 0.03;

/**
 * ffmpeg's arguments that make Opus of a feed's sound with little delay: what comes in is not looked into first, the
 * encoder looks 2.5 ms ahead instead of 6.5, and each packet is written as it is made. The first sample of what goes
 * out is the first of what comes in (`first_pts`), whatever could not be decoded at its start.
 */
export function opusArgs(): string[] {
  const filter = [
    `aresample=${OPUS_RATE}:async=1:min_hard_comp=${OFF_MAX_SECONDS}`,
    `first_pts=${LEAD_SECONDS * OPUS_RATE}`,
  ].join(':');
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-protocol_whitelist', 'pipe'],
    ...['-fflags', 'nobuffer', '-probesize', '32', '-analyzeduration', '0', '-copyts'],
    ...['-f', 'mp4', '-i', 'pipe:0', '-map', '0:a:0', '-af', filter, '-ac', '2'],
    ...['-c:a', 'libopus', '-application', 'lowdelay', '-b:a', String(BITS_PER_SECOND)],
    ...['-frame_duration', String(PACKET_MS)],
    ...['-f', 'mp4', '-movflags', '+empty_moov+default_base_moof', '-frag_duration', '1'],
    ...['-flush_packets', '1', 'pipe:1'],
  ];
}
