import { MalformedBox } from '../isobmff/box.ts';

const hex = (byte: number) => byte.toString(16).padStart(2, '0');

/**
 * The codec string of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1): profile, compatibility
 * and level, as RFC 6381 §3.3 prints them.
 */
export function codec(sampleEntry: string, avcC: Uint8Array): string {
  const [, profile, compatibility, level] = avcC;
  if (profile === undefined || compatibility === undefined || level === undefined) {
    throw new MalformedBox('avcC', 'cut short');
  }
  return `${sampleEntry}.${hex(profile)}${hex(compatibility)}${hex(level)}`;
}

/** What of the record a byte stream needs (ISO/IEC 14496-15 §5.3.3.1.2). */
export type Configuration = {
  /** Bytes of the length before each NAL unit of a sample. */
  readonly lengthBytes: number;
  /** Sequence, then picture parameter sets, as NAL units. */
  readonly parameterSets: readonly Uint8Array[];
};

/** Reads an `avcC`. Throws MalformedBox. */
export function readConfiguration(avcC: Uint8Array): Configuration {
  const parameterSets: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (avcC[at] ?? 0) & mask;
    at += 1;
    for (let index = 0; index < count; index++) {
      const end = at + 2 + ((avcC[at] ?? 0) << 8) + (avcC[at + 1] ?? 0);
      parameterSets.push(avcC.subarray(at + 2, end));
      at = end;
    }
    if (at > avcC.byteLength) throw new MalformedBox('avcC', 'cut short');
  }
  return { lengthBytes: ((avcC[4] ?? 0) & 3) + 1, parameterSets };
}
