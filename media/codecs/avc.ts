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
