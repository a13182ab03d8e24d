import { FRAME, FRAME_HEADER, LEFT_OUT, readObu, SEQUENCE_HEADER, writeObu } from '../codecs/av1-obu.ts';
import * as Av1 from '../codecs/av1-sequence.ts';
import type { VisualEntry } from '../codecs/entry-writer.ts';
import * as Vp9 from '../codecs/vp9-header.ts';
import { join } from '../join.ts';
import * as Av1Payload from './av1.ts';
import { h264Reader } from './nal-picture.ts';
import * as Vp9Payload from './vp9.ts';

/** Codecs of pictures that are taken from RTP, as SDP names them. */
export type PictureCodec = 'H264' | 'VP9' | 'AV1';

/** A picture as a sample holds it. */
export type Picture =
  | { readonly kind: 'key'; readonly data: Uint8Array; readonly entry: VisualEntry }
  | { readonly kind: 'inter'; readonly data: Uint8Array };

/**
 * Makes a picture of the payloads of its packets; null when they hold none that can be decoded. Throws
 * MalformedPayload or MalformedBox.
 */
export type ReadPicture = (payloads: readonly Uint8Array[]) => Picture | null;

/** What reads the pictures of one stream. */
export function pictureReader(codec: PictureCodec): ReadPicture {
  switch (codec) {
    case 'H264':
      return h264Reader([]);
    case 'VP9':
      return readVp9;
    case 'AV1':
      return readAv1;
  }
}

function readVp9(payloads: readonly Uint8Array[]): Picture | null {
  const data = Vp9Payload.frame(payloads);
  const header = Vp9.readFrameHeader(data);
  if (header.kind === 'inter') return { kind: 'inter', data };
  const { width, height } = header.key;
  const configuration = Vp9.writeConfiguration(header.key);
  return { kind: 'key', data, entry: { type: 'vp09', width, height, configuration } };
}

/** A key frame comes with its sequence header (RTP Payload Format For AV1 v1.0 §4.4, N). */
function readAv1(payloads: readonly Uint8Array[]): Picture | null {
  const obus = Av1Payload.obus(payloads)
    .map(readObu)
    .filter(({ type }) => !LEFT_OUT.has(type));
  const frame = obus.find(({ type }) => type === FRAME || type === FRAME_HEADER);
  if (frame === undefined) return null;
  const data = join(obus.map(writeObu));
  const header = obus.find(({ type }) => type === SEQUENCE_HEADER);
  if (header === undefined || !isKeyFrame(frame.payload)) return { kind: 'inter', data };
  const sequence = Av1.readSequence(header.payload);
  const { width, height } = sequence;
  const configuration = Av1.writeConfiguration(sequence, writeObu(header));
  return { kind: 'key', data, entry: { type: 'av01', width, height, configuration } };
}

/** `show_existing_frame` 0, `frame_type` 0 and `show_frame` 1 (AV1 Bitstream & Decoding Process Specification §5.9.2). */
const isKeyFrame = ([first = 0xff]: Uint8Array) => first >> 4 === 1;
