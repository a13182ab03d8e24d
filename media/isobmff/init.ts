import type { Ticks } from '../time.ts';
import { type Rotation, writeMatrix } from './rotation.ts';
import { box, fullBox, type Part, text, u16, u32 } from './writer.ts';

/** What an init segment says of its one track. */
export type InitTrack = {
  readonly kind: 'video' | 'audio';
  readonly timescale: number;
  /** Composition offset of the very first sample, taken off all of them by an edit list. */
  readonly mediaTime: Ticks;
  /** A whole sample entry, as the encoder wrote it. */
  readonly sampleEntry: Uint8Array;
  /** Of its pictures; none where it is left out. */
  readonly rotation?: Rotation;
  /** In pixels, before they are turned; 0 for audio. */
  readonly width: number;
  readonly height: number;
  /** ISO 639-2/T, `und` when unknown. */
  readonly language: string;
};

/** A CMAF file holds one track, so it is always number 1. */
export const TRACK_ID = 1;

/** A track of a file with several of them. */
export type NumberedTrack = InitTrack & { readonly id: number };

/** A CMAF header (ISO/IEC 23000-19 §7.3.1): `ftyp` and a `moov` without samples. */
export const writeInit = (track: InitTrack): Uint8Array<ArrayBuffer> =>
  writeFile(box('ftyp', text('cmfc'), u32(0), text('iso6'), text('cmfc'), text('mp41')), [
    { ...track, id: TRACK_ID },
  ]);

/** The start of a fragmented file with several tracks, for a reader that is not a player. */
export const writeMovie = (tracks: readonly NumberedTrack[]): Uint8Array<ArrayBuffer> =>
  writeFile(box('ftyp', text('iso6'), u32(0), text('iso6'), text('mp41')), tracks);

function writeFile(ftyp: Part, tracks: readonly NumberedTrack[]): Uint8Array<ArrayBuffer> {
  const extended = box('mvex', ...tracks.map(trackExtends));
  const moov = box('moov', movieHeader(tracks.length + 1), ...tracks.map(trackBox), extended);
  const bytes = new Uint8Array(ftyp.byteLength + moov.byteLength);
  bytes.set(ftyp);
  bytes.set(moov, ftyp.byteLength);
  return bytes;
}

/** ISO/IEC 14496-12 §8.2.2; a timescale of 1000 and no duration. */
const movieHeader = (nextTrackId: number) =>
  fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, 1000, 0, 0x1_0000),
    u16(0x100, 0),
    u32(0, 0),
    writeMatrix(0, { width: 0, height: 0 }),
    zeros(24),
    u32(nextTrackId),
  );

const trackBox = (track: NumberedTrack) =>
  box(
    'trak',
    trackHeader(track),
    edits(track),
    box('mdia', mediaHeader(track), handler(track), mediaInformation(track)),
  );

/** §8.3.2; enabled and in the movie. Audio plays at full volume. */
const trackHeader = ({ id, kind, rotation = 0, width, height }: NumberedTrack) =>
  fullBox(
    'tkhd',
    0,
    3,
    u32(0, 0, id, 0, 0, 0, 0),
    u16(0, 0, kind === 'audio' ? 0x100 : 0, 0),
    writeMatrix(rotation, { width, height }),
    u32(width << 16, height << 16),
  );

/** §8.6.6: one edit, of unknown length, that starts at `mediaTime`. */
const edits = ({ mediaTime }: InitTrack): Part =>
  mediaTime === 0 ? zeros(0) : box('edts', fullBox('elst', 0, 0, u32(1, 0, mediaTime, 0x1_0000)));

/** §8.4.2; the language as three 5-bit letters. */
function mediaHeader({ timescale, language }: InitTrack): Part {
  const letters = /^[a-z]{3}$/.test(language) ? language : 'und';
  const packed = [...letters].reduce((bits, letter) => (bits << 5) | (letter.charCodeAt(0) - 0x60), 0);
  return fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0), u16(packed, 0));
}

/** §8.4.3. */
const handler = ({ kind }: InitTrack) =>
  fullBox('hdlr', 0, 0, u32(0), text(kind === 'video' ? 'vide' : 'soun'), zeros(12), text('Headwater\0'));

function mediaInformation({ kind, sampleEntry }: InitTrack): Part {
  const header = kind === 'video' ? fullBox('vmhd', 0, 1, zeros(8)) : fullBox('smhd', 0, 0, zeros(4));
  const dinf = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
  return box('minf', header, dinf, sampleTable(sampleEntry));
}

/** §8.5: a description of samples, and none of them. */
const sampleTable = (sampleEntry: Uint8Array) =>
  box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), sampleEntry),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  );

/** §8.8.3. */
const trackExtends = ({ id }: NumberedTrack) => fullBox('trex', 0, 0, u32(id, 1, 0, 0, 0));

const zeros = (bytes: number): Part => new Uint8Array(bytes);
