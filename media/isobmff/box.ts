/** Where a box lies in the bytes it was found in (ISO/IEC 14496-12 §4.2). */
export type Box = {
  readonly type: string;
  /** First byte of the header. */
  readonly start: number;
  /** First byte after the header. */
  readonly body: number;
  /** First byte after the box. */
  readonly end: number;
};

/** Bytes that are not what ISO/IEC 14496-12 says; `where` names the box. */
export class MalformedBox extends Error {
  override readonly name = 'MalformedBox';
  readonly where: string;

  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.where = where;
  }
}

const HEADER_BYTES = 8;
const LARGE_HEADER_BYTES = 16;

/**
 * Reads the header at `at`; null when more bytes are needed for it. The box may end after the bytes do.
 * Throws MalformedBox for a size that can't be, and for size 0 ("to the end of the file"), which a stream
 * has no use for.
 */
export function readHeader(bytes: Uint8Array, at: number): Box | null {
  if (bytes.byteLength - at < HEADER_BYTES) return null;
  const view = viewOf(bytes);
  const type = fourcc(view, at + 4);
  const size = view.getUint32(at);
  if (size !== 1) return sized(type, at, HEADER_BYTES, size);
  if (bytes.byteLength - at < LARGE_HEADER_BYTES) return null;
  return sized(type, at, LARGE_HEADER_BYTES, Number(view.getBigUint64(at + 8)));
}

function sized(type: string, start: number, header: number, size: number): Box {
  if (size < header || !Number.isSafeInteger(start + size)) throw new MalformedBox(type, `size ${size}`);
  return { type, start, body: start + header, end: start + size };
}

/** The boxes between `from` and `to`, each wholly inside. */
export function children(bytes: Uint8Array, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at < to; ) {
    const box = readHeader(bytes.subarray(0, to), at);
    if (box === null || box.end > to) throw new MalformedBox(box?.type ?? 'box', 'cut short');
    found.push(box);
    at = box.end;
  }
  return found;
}

/** The first child of a type, or null. */
export const find = (bytes: Uint8Array, parent: Box, type: string): Box | null =>
  children(bytes, parent.body, parent.end).find((box) => box.type === type) ?? null;

/** The first child at the end of a path of types. Throws MalformedBox when there is none. */
export function need(bytes: Uint8Array, parent: Box, ...path: readonly string[]): Box {
  let box = parent;
  for (const type of path) {
    const child = find(bytes, box, type);
    if (child === null) throw new MalformedBox(box.type, `has no ${type}`);
    box = child;
  }
  return box;
}

export const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const fourcc = (view: DataView, at: number) =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
