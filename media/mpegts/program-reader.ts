import { crc32 } from './crc32.ts';
import type { PacketHead } from './packet-reader.ts';
import { PAT_PID } from './section.ts';

/** An elementary stream of a program. */
export type ElementaryStream = {
  readonly pid: number;
  /** ISO/IEC 13818-1 table 2-34. */
  readonly type: number;
  /** The format identifier of its registration descriptor, such as `Opus`. */
  readonly format: string | null;
  /** Tags of all its descriptors. */
  readonly tags: readonly number[];
};

const PROGRAM_ASSOCIATION = 0;
const PROGRAM_MAP = 2;

/** Finds out what the first program of a transport stream holds. */
export class ProgramReader {
  readonly #association = new SectionReader(PROGRAM_ASSOCIATION);
  #map = new SectionReader(PROGRAM_MAP);
  #mapPid: number | null = null;
  #streams: readonly ElementaryStream[] | null = null;

  /** Null until its map has come. */
  get streams(): readonly ElementaryStream[] | null {
    return this.#streams;
  }

  /** Takes the next packet; true for one of a table. */
  push({ pid, starts, payload }: PacketHead): boolean {
    if (pid === PAT_PID) {
      const section = this.#association.push(payload, starts);
      if (section !== null) this.#follow(mapPid(section));
      return true;
    }
    if (pid !== this.#mapPid) return false;
    const section = this.#map.push(payload, starts);
    if (section !== null) this.#streams = streamsOf(section);
    return true;
  }

  #follow(pid: number | null): void {
    if (pid === this.#mapPid) return;
    this.#mapPid = pid;
    this.#map = new SectionReader(PROGRAM_MAP);
    this.#streams = null;
  }
}

/** Of a section up to its length field. */
const HEAD_BYTES = 3;

/** Largest section of these tables (§2.4.4.5, §2.4.4.9). */
const SECTION_MAX_BYTES = 1_024;

/** Puts the sections of one PID together. */
class SectionReader {
  readonly #table: number;
  #bytes: Uint8Array = new Uint8Array();

  constructor(table: number) {
    this.#table = table;
  }

  /** Gives a section of the table that is whole and undamaged. */
  push(payload: Uint8Array, starts: boolean): Uint8Array | null {
    if (starts) this.#bytes = payload.slice(1 + (payload[0] ?? 0));
    else if (this.#bytes.byteLength > 0) this.#bytes = Buffer.concat([this.#bytes, payload]);
    const [table, high = 0, low = 0] = this.#bytes;
    const size = HEAD_BYTES + (((high & 0x0f) << 8) | low);
    if (this.#bytes.byteLength < Math.max(size, HEAD_BYTES)) {
      if (this.#bytes.byteLength > SECTION_MAX_BYTES) this.#bytes = new Uint8Array();
      return null;
    }
    const section = this.#bytes.subarray(0, size);
    this.#bytes = new Uint8Array();
    return table === this.#table && crc32(section) === 0 ? section : null;
  }
}

const CRC_BYTES = 4;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** §2.4.4.3; program 0 is the network's. */
function mapPid(section: Uint8Array): number | null {
  const view = viewOf(section);
  for (let at = 8; at + 4 + CRC_BYTES <= section.byteLength; at += 4)
    if (view.getUint16(at) !== 0) return view.getUint16(at + 2) & 0x1fff;
  return null;
}

/** §2.4.4.8. */
function streamsOf(section: Uint8Array): ElementaryStream[] {
  const view = viewOf(section);
  const end = section.byteLength - CRC_BYTES;
  const streams: ElementaryStream[] = [];
  let at = end < 12 ? end : 12 + (view.getUint16(10) & 0x0fff);
  while (at + 5 <= end) {
    const next = at + 5 + (view.getUint16(at + 3) & 0x0fff);
    if (next > end) break;
    const found = descriptors(section.subarray(at + 5, next));
    const registration = found.find(({ tag }) => tag === REGISTRATION)?.body;
    streams.push({
      pid: view.getUint16(at + 1) & 0x1fff,
      type: view.getUint8(at),
      format: registration ? String.fromCharCode(...registration.subarray(0, 4)) : null,
      tags: found.map(({ tag }) => tag),
    });
    at = next;
  }
  return streams;
}

/** §2.6.8. */
const REGISTRATION = 5;

function descriptors(bytes: Uint8Array): { readonly tag: number; readonly body: Uint8Array }[] {
  const found: { tag: number; body: Uint8Array }[] = [];
  for (let at = 0; at + 2 <= bytes.byteLength; ) {
    const [tag = 0, size = 0] = bytes.subarray(at, at + 2);
    found.push({ tag, body: bytes.subarray(at + 2, at + 2 + size) });
    at += 2 + size;
  }
  return found;
}
