import { readFileSync } from 'node:fs';
import type { Packet } from '../media/rtp/packet.ts';

const FOLDER = new URL('../media/rtp/golden/', import.meta.url);

/** The packets of a stream that Chromium sent. */
export const recorded = (codec: 'h264' | 'vp9' | 'av1' | 'opus'): Packet[] =>
  readFileSync(new URL(`chromium-${codec}.txt`, FOLDER), 'utf8')
    .trim()
    .split('\n')
    .map(readPacket);

function readPacket(line: string): Packet {
  const [sequence, timestamp, marker, payload = ''] = line.split(' ');
  return {
    sequence: Number(sequence),
    timestamp: Number(timestamp),
    marker: marker === '1',
    payload: new Uint8Array(Buffer.from(payload, 'base64')),
  };
}
