import * as SampleEntry from '../codecs/sample-entry.ts';
import { MalformedBox } from '../isobmff/box.ts';
import type { Sample } from '../sample.ts';
import { MalformedPayload } from './packet.ts';
import type { Packetizer, PacketizerOptions } from './payload.ts';
import { av1Packetizer, h264Packetizer, hevcPacketizer, vp9Packetizer } from './picture-packetizer.ts';
import { mpeg4AudioPacketizer, opusPacketizer } from './sound-packetizer.ts';

export type { Packetizer, Payload } from './payload.ts';

/** RTP payload bytes at most: with its head of 12, and those of UDP and IP, a packet fits any path. */
export const PAYLOAD_MAX_BYTES = 1_200;

/** Null for a track whose codec has no payload format here, or whose description can't be read. */
export function packetizerOf(
  { sampleEntry }: { readonly sampleEntry: Uint8Array; readonly timescale: number },
  options: PacketizerOptions,
): Packetizer | null {
  try {
    const packetizer = ofEntry(SampleEntry.read(sampleEntry), options);
    if (packetizer === null) return null;
    const payloads = (sample: Sample) =>
      sample.data.byteLength === 0 ? [] : readable(() => packetizer.payloads(sample));
    return { ...packetizer, payloads };
  } catch (error) {
    if (error instanceof MalformedBox) return null;
    throw error;
  }
}

function ofEntry(entry: SampleEntry.SampleEntry | null, options: PacketizerOptions): Packetizer | null {
  switch (entry?.type) {
    case 'avc1':
    case 'avc3':
      return h264Packetizer(entry.configuration, options);
    case 'hvc1':
    case 'hev1':
      return hevcPacketizer(entry.configuration, options);
    case 'vp09':
      return vp9Packetizer(entry.configuration, options);
    case 'av01':
      return av1Packetizer(entry.configuration, options);
    case 'mp4a':
      return mpeg4AudioPacketizer(entry.configuration, options);
    case 'Opus':
      return opusPacketizer(entry.configuration, options);
    case undefined:
      return null;
  }
}

function readable<Value>(write: () => Value): Value {
  try {
    return write();
  } catch (error) {
    if (error instanceof MalformedBox) throw new MalformedPayload(error.where, error.message);
    throw error;
  }
}
