import { MalformedBox } from '../isobmff/box.ts';

/** Bytes of an OpusSpecificBox of channel mapping family 0. */
const FAMILY_0_BYTES = 11;

/**
 * The codec string of a `dOps` (Encapsulation of Opus in ISO Base Media File Format v0.8.1 §4.3.2), once it is one.
 *
 * MP4RA registers `Opus`. Chromium's Media Source takes either case; hls.js looks for both and asks its browser for
 * the one that it knows, which in Safari is `Opus` alone (video-dev/hls.js `getCodecCompatibleName`).
 */
export function codec(dOps: Uint8Array): string {
  const [version, channels] = dOps;
  const family = dOps[FAMILY_0_BYTES - 1];
  if (channels === undefined || family === undefined) throw new MalformedBox('dOps', 'cut short');
  if (version !== 0) throw new MalformedBox('dOps', `version ${version}, not 0`);
  if (channels === 0) throw new MalformedBox('dOps', 'no channels');
  if (family !== 0 && dOps.byteLength < FAMILY_0_BYTES + 2 + channels)
    throw new MalformedBox('dOps', 'its channel mapping is cut short');
  return 'opus';
}
