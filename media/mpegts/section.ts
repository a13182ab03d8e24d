import { crc32 } from './crc32.ts';

export const PAT_PID = 0;
export const PMT_PID = 0x1000;

/** Of the first elementary stream; others have the next ones. */
export const MEDIA_PID = 0x100;

const PROGRAM = 1;

/** Which coding an elementary stream has (ISO/IEC 13818-1 table 2-34). */
export const STREAM_TYPES = { mpeg1Audio: 0x03, mpeg2Audio: 0x04, adts: 0x0f, avc: 0x1b } as const;

/** The program association section (§2.4.4.3): one program, and where its map is. */
export const programAssociation = (): Uint8Array =>
  section(0x00, [...u16(PROGRAM), ...u16(0xe000 | PMT_PID)]);

/** A stream of a program: where it is, and its coding (ISO/IEC 13818-1 table 2-34). */
export type MappedStream = { readonly pid: number; readonly type: number };

/** The program map section (§2.4.4.8) of elementary streams, of which the first carries the clock too. */
export const programMap = (streams: readonly MappedStream[]): Uint8Array =>
  section(0x02, [
    ...u16(0xe000 | (streams[0]?.pid ?? NO_PID)),
    ...u16(0xf000),
    ...streams.flatMap(({ pid, type }) => [type, ...u16(0xe000 | pid), ...u16(0xf000)]),
  ]);

/** Of the clock of a program without one (§2.4.4.9). */
const NO_PID = 0x1fff;

/** What both have around them: table, length, id 1, version 0, now in force, the first and last section of its table. */
function section(table: number, body: readonly number[]): Uint8Array {
  const length = 5 + body.length + 4;
  const bytes = [table, ...u16(0xb000 | length), ...u16(1), 0xc1, 0, 0, ...body];
  const crc = crc32(Uint8Array.from(bytes));
  return Uint8Array.from([...bytes, ...u16(crc >>> 16), ...u16(crc & 0xffff)]);
}

const u16 = (value: number) => [value >> 8, value & 0xff];
