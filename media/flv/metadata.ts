import type { Size } from '../codecs/avc-sps.ts';
import { type Amf0Object, type Amf0Value, readValues } from './amf0.ts';
import { MalformedFlv } from './malformed.ts';

/** What `onMetaData` says (Adobe FLV 10.1 §E.5, Enhanced RTMP v2, "Enhancing onMetaData"). Encoders err in it. */
export type Metadata = {
  /** Whether there will be pictures or sound; null where it is not said. */
  readonly hasVideo: boolean | null;
  readonly hasAudio: boolean | null;
  /** Pixels. */
  readonly size: Size | null;
};

/** Names before the metadata's own: some are sent to be stored with the stream. */
const NAMES: ReadonlySet<Amf0Value> = new Set(['@setDataFrame', 'onMetaData']);

/** Reads a data tag; null for other data, and for what can't be read. */
export function readMetadata(body: Uint8Array): Metadata | null {
  const values = tryValues(body);
  const facts = values.find((value) => !NAMES.has(value));
  if (!values.includes('onMetaData') || !isObject(facts)) return null;
  const saysCodec = facts.videocodecid !== undefined || facts.audiocodecid !== undefined;
  const has = (flag: Amf0Value, codec: Amf0Value) => {
    if (typeof flag === 'boolean') return flag;
    // One that names the codec of the one and not of the other has no other.
    return saysCodec ? codec !== undefined && codec !== null : null;
  };
  return {
    hasVideo: has(facts.hasVideo, facts.videocodecid),
    hasAudio: has(facts.hasAudio, facts.audiocodecid),
    size: sizeOf(facts),
  };
}

const isObject = (value: Amf0Value): value is Amf0Object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A sample entry has 16 bits for each. */
function sizeOf({ width, height }: Amf0Object): Size | null {
  if (!isSide(width) || !isSide(height)) return null;
  return { width, height };
}

const isSide = (value: Amf0Value): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 0xffff;

function tryValues(body: Uint8Array): readonly Amf0Value[] {
  try {
    return readValues(body);
  } catch (error) {
    if (error instanceof MalformedFlv) return [];
    throw error;
  }
}
