import { readStream } from '../codecs/audio-specific-config.ts';
import * as Mpeg4Audio from '../codecs/mpeg4-audio.ts';
import { OPUS_RATE } from '../codecs/opus-stream.ts';
import { toHex } from '../hex.ts';
import type { Sample } from '../sample.ts';
import type { Encoding } from '../sdp/media.ts';
import * as AacPayload from './aac.ts';
import { MPEG_AUDIO } from './format.ts';
import * as Mp3Payload from './mp3.ts';
import type { Packetizer, PacketizerOptions } from './payload.ts';

type Sound = {
  readonly payloadType: number;
  readonly encoding: Encoding;
  readonly parameters: Readonly<Record<string, string>>;
  readonly marksEnd: boolean;
};

const sound = (
  { payloadType, encoding, parameters, marksEnd }: Sound,
  payloads: (frame: Uint8Array) => readonly Uint8Array[],
): Packetizer => ({
  kind: 'audio',
  clockRate: encoding.clockRate,
  marksEnd,
  format: { payloadType, encoding, parameters: new Map(Object.entries(parameters)) },
  payloads: ({ data }: Sample) => payloads(data),
});

/** AAC or MP3 by its `esds`; null for other sound. Throws MalformedBox. */
export function mpeg4AudioPacketizer(esds: Uint8Array, options: PacketizerOptions): Packetizer | null {
  const { objectType, specific } = Mpeg4Audio.readConfig(esds);
  if (Mpeg4Audio.isMp3(objectType)) return mp3Packetizer(options);
  return specific === null ? null : aacPacketizer(specific, options);
}

/** AAC in AAC-hbr (RFC 3640 §3.3.6, §4.1). Each packet ends a frame, or is a part of one; the marker says which. */
function aacPacketizer(config: Uint8Array, { payloadType, maxBytes }: PacketizerOptions): Packetizer {
  const { sampleRate, channels } = readStream(config);
  const { size, index, indexDelta } = AacPayload.HIGH_BIT_RATE;
  const parameters = {
    streamtype: '5',
    // The AAC profile at its first level: receivers go by the config.
    'profile-level-id': '1',
    mode: 'AAC-hbr',
    sizelength: String(size),
    indexlength: String(index),
    indexdeltalength: String(indexDelta),
    config: toHex(config),
  };
  const encoding = { name: 'mpeg4-generic', clockRate: sampleRate, channels };
  return sound({ payloadType, encoding, parameters, marksEnd: true }, (frame) =>
    AacPayload.payloads(frame, maxBytes),
  );
}

/** MP3 under its static payload type (RFC 2250 §3.2); its marker is for the start of speech. */
const mp3Packetizer = ({ maxBytes }: PacketizerOptions): Packetizer => {
  const encoding = { name: 'MPA', clockRate: Mp3Payload.MPEG_RATE, channels: 1 };
  return sound({ payloadType: MPEG_AUDIO, encoding, parameters: {}, marksEnd: false }, (frame) =>
    Mp3Payload.payloads(frame, maxBytes),
  );
};

/**
 * Opus by its `dOps`; null for more than two channels, for which RFC 7587 has no form. "The RTP clock rate MUST be
 * 48000 and the number of channels MUST be 2" (§7). A packet goes whole, whatever its size (§4.2).
 */
export function opusPacketizer(dOps: Uint8Array, { payloadType }: PacketizerOptions): Packetizer | null {
  const channels = dOps[1] ?? 0;
  if (channels > 2) return null;
  const encoding = { name: 'opus', clockRate: OPUS_RATE, channels: 2 };
  const parameters = { 'sprop-stereo': channels === 2 ? '1' : '0' };
  return sound({ payloadType, encoding, parameters, marksEnd: false }, (packet) => [packet]);
}
