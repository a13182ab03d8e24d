import { MalformedBox } from '../isobmff/box.ts';

/** Opus is timed at this rate, whatever it was made from (RFC 6716 §2). */
export const OPUS_RATE = 48_000;

/** Bytes of an identification header without its mapping table, its magic among them (RFC 7845 §5.1). */
const HEAD_BYTES = 19;
const MAGIC = 'OpusHead';

/** Samples of a frame by `config`, four of each of the first two modes and of the last (RFC 6716 §3.1). */
const SILK = [480, 960, 1920, 2880] as const;
const HYBRID = [480, 960] as const;
const CELT = [120, 240, 480, 960] as const;

/** A packet is 120 ms at the most (RFC 6716 §3.4). */
const PACKET_MAX = 5_760;

/**
 * The body of a `dOps` (Encapsulation of Opus in ISO Base Media File Format §4.3.2) for an identification header: the
 * same fields with their bytes turned. Throws MalformedBox.
 */
export function writeConfiguration(head: Uint8Array): Uint8Array {
  const magic = String.fromCharCode(...head.subarray(0, MAGIC.length));
  if (head.byteLength < HEAD_BYTES || magic !== MAGIC) throw new MalformedBox('OpusHead', 'cut short');
  const from = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const dOps = new Uint8Array(head.byteLength - MAGIC.length);
  const to = new DataView(dOps.buffer);
  dOps.set(head.subarray(9, 10), 1);
  to.setUint16(2, from.getUint16(10, true));
  to.setUint32(4, from.getUint32(12, true));
  to.setInt16(8, from.getInt16(16, true));
  dOps.set(head.subarray(18), 10);
  return dOps;
}

/**
 * The body of a `dOps` of mono or stereo for a stream without identification header, as RTP has it. Nothing is skipped:
 * a stream that is joined in the middle has no start.
 */
export const writeHeadless = (channels: 1 | 2): Uint8Array =>
  Uint8Array.of(0, channels, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0);

/** Samples that a packet becomes (RFC 6716 §3.1, §3.2). Throws MalformedBox. */
export function packetSamples(packet: Uint8Array): number {
  const [toc, second] = packet;
  if (toc === undefined) throw new MalformedBox('Opus packet', 'is empty');
  const samples = frameSamples(toc >> 3) * frameCount(toc & 3, second);
  if (samples > PACKET_MAX) throw new MalformedBox('Opus packet', 'is longer than 120 ms');
  return samples;
}

function frameSamples(config: number): number {
  if (config < 12) return SILK[config & 3] ?? 0;
  if (config < 16) return HYBRID[config & 1] ?? 0;
  return CELT[config & 3] ?? 0;
}

function frameCount(code: number, second: number | undefined): number {
  if (code < 3) return code === 0 ? 1 : 2;
  const count = (second ?? 0) & 0x3f;
  if (count === 0) throw new MalformedBox('Opus packet', 'has no frames');
  return count;
}
