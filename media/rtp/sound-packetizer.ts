import { readStream } from '../codecs/audio-specific-config.ts';
import * as Mpeg4Audio from '../codecs/mpeg4-audio.ts';
import { toHex } from '../hex.ts';
import * as AacPayload from './aac.ts';
import type { Packetizer, PacketizerOptions } from './packetizer.ts';

/** AAC by its `esds`; null for what is no AAC. Throws MalformedBox. */
export function mpeg4AudioPacketizer(esds: Uint8Array, options: PacketizerOptions): Packetizer | null {
  const { specific } = Mpeg4Audio.readConfig(esds);
  return specific === null ? null : aacPacketizer(specific, options);
}

/** AAC in AAC-hbr (RFC 3640 §3.3.6, §4.1). */
function aacPacketizer(config: Uint8Array, { payloadType, maxBytes }: PacketizerOptions): Packetizer {
  const { sampleRate, channels } = readStream(config);
  const { size, index, indexDelta } = AacPayload.HIGH_BIT_RATE;
  const parameters = {
    streamtype: '5',
    'profile-level-id': '1',
    mode: 'AAC-hbr',
    sizelength: String(size),
    indexlength: String(index),
    indexdeltalength: String(indexDelta),
    config: toHex(config),
  };
  return {
    kind: 'audio',
    clockRate: sampleRate,
    marksEnd: true,
    format: {
      payloadType,
      encoding: { name: 'mpeg4-generic', clockRate: sampleRate, channels },
      parameters: new Map(Object.entries(parameters)),
    },
    payloads: ({ data }) => AacPayload.payloads(data, maxBytes),
  };
}
