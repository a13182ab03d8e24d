/** A packet of MPEG-TS (ISO/IEC 13818-1 §2.4.3.2), read without the code that writes them. */
export type TsPacket = {
  readonly pid: number;
  readonly counter: number;
  readonly starts: boolean;
  readonly randomAccess: boolean;
  /** 27 MHz. */
  readonly pcr: bigint | null;
  readonly payload: Uint8Array;
};

export type TsPes = {
  readonly streamId: number;
  readonly pts: bigint;
  readonly dts: bigint;
  readonly data: Buffer;
};

/** Throws where a packet is not one. */
export function readPackets(bytes: Uint8Array): readonly TsPacket[] {
  if (bytes.byteLength % 188 !== 0) throw new Error(`${bytes.byteLength} bytes are no whole packets`);
  return Array.from({ length: bytes.byteLength / 188 }, (_, index) =>
    readPacket(Buffer.from(bytes.subarray(index * 188, (index + 1) * 188))),
  );
}

function readPacket(bytes: Buffer): TsPacket {
  if (bytes[0] !== 0x47) throw new Error('no sync byte');
  const head = bytes.readUInt16BE(1);
  const control = (bytes.readUInt8(3) >> 4) & 3;
  if (bytes.readUInt8(3) >> 6 !== 0 || control === 0) throw new Error('scrambled, or of nothing');
  const adaptation = control & 2 ? bytes.readUInt8(4) + 1 : 0;
  if (control === 2 && adaptation !== 184) throw new Error('a packet without payload is not all adaptation');
  const flags = adaptation > 1 ? bytes.readUInt8(5) : 0;
  const pcr = flags & 0x10 ? readClock(bytes.subarray(6, 12)) : null;
  const stuffing = bytes.subarray(adaptation > 1 ? 6 + (pcr === null ? 0 : 6) : 5, 4 + adaptation);
  if (stuffing.some((byte) => byte !== 0xff)) throw new Error('stuffing of other bytes than 0xff');
  return {
    ...{ pid: head & 0x1fff, counter: bytes.readUInt8(3) & 0xf, starts: (head & 0x4000) !== 0 },
    ...{ randomAccess: (flags & 0x40) !== 0, pcr, payload: bytes.subarray(4 + adaptation) },
  };
}

const readClock = (bytes: Buffer) => {
  const bits = BigInt(`0x${bytes.toString('hex')}`);
  return (bits >> 15n) * 300n + (bits & 0x1ffn);
};

/** Where a PID's counter does not go on (§2.4.3.3). */
export function discontinuities(packets: readonly TsPacket[]): readonly string[] {
  const last = new Map<number, number>();
  return packets.flatMap(({ pid, counter, payload }, index) => {
    const before = last.get(pid);
    last.set(pid, counter);
    if (before === undefined || counter === ((before + (payload.length > 0 ? 1 : 0)) & 0xf)) return [];
    return [`packet ${index} of PID ${pid}: ${counter} after ${before}`];
  });
}

/** The PES packets of a PID, whole. */
export function readPes(packets: readonly TsPacket[], pid: number): readonly TsPes[] {
  const own = packets.filter((packet) => packet.pid === pid && packet.payload.length > 0);
  const starts = own.flatMap(({ starts }, index) => (starts ? [index] : []));
  return starts.map((start, index) => {
    const some = own.slice(start, starts[index + 1] ?? own.length);
    return readOnePes(Buffer.concat(some.map(({ payload }) => payload)));
  });
}

function readOnePes(bytes: Buffer): TsPes {
  if (bytes.readUIntBE(0, 3) !== 1) throw new Error('no start code');
  const length = bytes.readUInt16BE(4);
  if (length !== 0 && length !== bytes.length - 6) throw new Error(`${length} is not ${bytes.length - 6}`);
  const times = bytes.readUInt8(7) >> 6;
  const pts = readTimestamp(bytes.subarray(9, 14), times);
  const dts = times === 3 ? readTimestamp(bytes.subarray(14, 19), 1) : pts;
  return { streamId: bytes.readUInt8(3), pts, dts, data: bytes.subarray(9 + bytes.readUInt8(8)) };
}

/** With its prefix and its three marker bits where they have to be. */
function readTimestamp(bytes: Buffer, prefix: number): bigint {
  const bits = BigInt(`0x${bytes.toString('hex')}`);
  if (bits >> 36n !== BigInt(prefix) || (bits & 0x1_0001_0001n) !== 0x1_0001_0001n)
    throw new Error('bad timestamp');
  return (((bits >> 33n) & 7n) << 30n) | (((bits >> 17n) & 0x7fffn) << 15n) | ((bits >> 1n) & 0x7fffn);
}
