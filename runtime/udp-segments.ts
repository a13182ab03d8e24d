import { isIPv6 } from 'node:net';
import { mappedAddress } from './plain-address.ts';
import type { Targets, UdpAddress } from './udp-socket.ts';
import { type Datagrams, PlainTargets } from './udp-targets.ts';

/**
 * Datagrams that the system cuts out of one piece, for one address (`UDP_SEGMENT`, udp(7)): it costs about as much as
 * sending one. It would take 64, but a receiver's link should not get more than this in one go.
 */
const SEGMENTS_MAX = 20;

/** So often it may refuse a piece that it then takes datagram by datagram, before it is not asked any more. */
const REFUSALS_MAX = 3;

/** Of Linux on machines of 64 bits, little-endian: `struct mmsghdr`, `struct iovec`, and a control message of 16 bits. */
const MESSAGE_BYTES = 64;
const PIECE_BYTES = 16;
const CONTROL_BYTES = 24;
const ADDRESS_BYTES = 28;

const AF_INET = 2;
const AF_INET6 = 10;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;

/** The system's `sendmmsg`, and where a buffer lies in memory. */
export type System = {
  /** Messages taken, or -1. */
  readonly sendmmsg: (messages: Uint8Array, count: number) => number;
  readonly pointer: (bytes: Uint8Array) => number;
};

/** Datagrams that follow each other in memory, all as long as the first, but for a shorter last one. */
type Piece = { readonly datagrams: readonly Uint8Array[]; readonly bytes: number };

export type SegmentOptions = {
  readonly system: System;
  readonly isIpv6: boolean;
  readonly sendMany: (datagrams: Datagrams) => number;
};

/**
 * Sends a row of datagrams to each address as one piece that the system cuts. What it refuses goes datagram by
 * datagram, which also tells why. Packets that are written into one buffer make such pieces.
 */
export class SegmentTargets implements Targets {
  readonly count: number;
  readonly #addresses: readonly UdpAddress[];
  readonly #options: SegmentOptions;
  readonly #plain: PlainTargets;
  #letters: Letters | null = null;
  #refusals = 0;
  /** Of the datagrams that are being sent. */
  #cut: { readonly datagrams: readonly Uint8Array[]; readonly pieces: readonly Piece[] } | null = null;

  constructor(addresses: readonly UdpAddress[], options: SegmentOptions) {
    this.#addresses = addresses;
    this.#options = options;
    this.count = addresses.length;
    this.#plain = new PlainTargets(addresses, options.sendMany);
  }

  send(datagrams: readonly Uint8Array[], sent: number): number {
    if (datagrams !== this.#cut?.datagrams) {
      const isRefused = this.#refusals >= REFUSALS_MAX;
      this.#cut = { datagrams, pieces: isRefused ? [] : cut(datagrams) };
    }
    if (this.#cut.pieces.length === 0) return this.#plain.send(datagrams, sent);
    let rest = sent;
    for (const piece of this.#cut.pieces) {
      const all = piece.datagrams.length * this.count;
      if (rest < all) return this.#sendPiece(piece, rest);
      rest -= all;
    }
    return 0;
  }

  #sendPiece({ datagrams, bytes }: Piece, sent: number): number {
    const to = Math.floor(sent / datagrams.length);
    const begun = sent % datagrams.length;
    if (begun > 0) return this.#sendOne(datagrams.slice(begun), to);
    this.#letters ??= new Letters(this.#addresses, this.#options);
    const taken = this.#letters.send(datagrams[0] ?? EMPTY, bytes, datagrams.length > 1, to);
    if (taken > 0) {
      this.#refusals = 0;
      return taken * datagrams.length;
    }
    const alone = this.#sendOne(datagrams, to);
    if (alone === datagrams.length) this.#refusals += 1;
    return alone;
  }

  #sendOne(datagrams: readonly Uint8Array[], to: number): number {
    const { address = '', port = 0 } = this.#addresses[to] ?? {};
    return this.#options.sendMany(datagrams.flatMap((datagram) => [datagram, port, address]));
  }
}

const EMPTY = new Uint8Array();

function cut(datagrams: readonly Uint8Array[]): readonly Piece[] {
  const pieces: { datagrams: Uint8Array[]; bytes: number }[] = [];
  for (const datagram of datagrams) {
    const piece = pieces.at(-1);
    if (piece !== undefined && follows(piece.datagrams, datagram)) {
      piece.datagrams.push(datagram);
      piece.bytes += datagram.byteLength;
    } else pieces.push({ datagrams: [datagram], bytes: datagram.byteLength });
  }
  return pieces;
}

function follows(row: readonly Uint8Array[], next: Uint8Array): boolean {
  const [first, last] = [row[0], row.at(-1)];
  if (first === undefined || last === undefined || row.length === SEGMENTS_MAX) return false;
  return (
    last.buffer === next.buffer &&
    last.byteOffset + last.byteLength === next.byteOffset &&
    last.byteLength === first.byteLength &&
    next.byteLength <= first.byteLength &&
    next.byteLength > 0
  );
}

/**
 * A message for each address, laid out as the system reads them. All have the same piece: for each, only where that lies
 * and how it is cut is written.
 */
class Letters {
  readonly #count: number;
  readonly #system: System;
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #plain: Uint8Array;
  readonly #cut: Uint8Array;

  constructor(addresses: readonly UdpAddress[], { system, isIpv6 }: SegmentOptions) {
    const count = addresses.length;
    this.#count = count;
    this.#system = system;
    // One buffer for all, so that its parts stay where they are.
    const bytes = PIECE_BYTES + CONTROL_BYTES + count * (2 * MESSAGE_BYTES + ADDRESS_BYTES);
    const buffer = new ArrayBuffer(bytes);
    this.#memory = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    const messages = PIECE_BYTES + CONTROL_BYTES;
    this.#plain = new Uint8Array(buffer, messages, count * MESSAGE_BYTES);
    this.#cut = new Uint8Array(buffer, messages + count * MESSAGE_BYTES, count * MESSAGE_BYTES);
    const names = messages + 2 * count * MESSAGE_BYTES;
    this.#writeControl();
    for (const [index, address] of addresses.entries()) {
      const name = names + index * ADDRESS_BYTES;
      const nameBytes = writeAddress(this.#view, name, address, isIpv6);
      for (const row of [this.#plain, this.#cut])
        this.#writeMessage(row.byteOffset + index * MESSAGE_BYTES, name, nameBytes, row === this.#cut);
    }
  }

  /** Messages taken, from the address at `from` on; -1 when the first of them was refused. */
  send(first: Uint8Array, bytes: number, isCut: boolean, from: number): number {
    this.#view.setBigUint64(0, BigInt(this.#system.pointer(first)), true);
    this.#view.setBigUint64(8, BigInt(bytes), true);
    this.#view.setUint16(PIECE_BYTES + 16, first.byteLength, true);
    const row = isCut ? this.#cut : this.#plain;
    return this.#system.sendmmsg(row.subarray(from * MESSAGE_BYTES), this.#count - from);
  }

  /** `struct cmsghdr` with 16 bits behind it. */
  #writeControl(): void {
    this.#view.setBigUint64(PIECE_BYTES, BigInt(CONTROL_BYTES - 6), true);
    this.#view.setInt32(PIECE_BYTES + 8, SOL_UDP, true);
    this.#view.setInt32(PIECE_BYTES + 12, UDP_SEGMENT, true);
  }

  /** `struct msghdr`: name, its length, pieces, their count, control, its length. */
  #writeMessage(at: number, name: number, nameBytes: number, isCut: boolean): void {
    const start = BigInt(this.#system.pointer(this.#memory));
    this.#view.setBigUint64(at, start + BigInt(name), true);
    this.#view.setUint32(at + 8, nameBytes, true);
    this.#view.setBigUint64(at + 16, start, true);
    this.#view.setBigUint64(at + 24, 1n, true);
    if (!isCut) return;
    this.#view.setBigUint64(at + 32, start + BigInt(PIECE_BYTES), true);
    this.#view.setBigUint64(at + 40, BigInt(CONTROL_BYTES), true);
  }
}

/** `struct sockaddr_in6` or `sockaddr_in`; gives its length. */
function writeAddress(view: DataView, at: number, { address, port }: UdpAddress, isIpv6: boolean): number {
  view.setUint16(at, isIpv6 ? AF_INET6 : AF_INET, true);
  view.setUint16(at + 2, port);
  const bytes = isIpv6 ? bytesOfIpv6(mappedAddress(address)) : address.split('.').map(Number);
  for (const [index, byte] of bytes.entries()) view.setUint8(at + (isIpv6 ? 8 : 4) + index, byte);
  return isIpv6 ? ADDRESS_BYTES : 16;
}

/** RFC 4291 §2.2. */
function bytesOfIpv6(address: string): readonly number[] {
  if (!isIPv6(address)) throw new TypeError(`'${address}' is no address of IPv6`);
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number) ?? [];
  const [head = '', tail] = address
    .slice(0, dotted.length > 0 ? address.lastIndexOf(':') + 1 : undefined)
    .split('::');
  const groups = (text = '') =>
    text
      .split(':')
      .filter((group) => group !== '')
      .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
  const [before, after] = [groups(head), [...groups(tail), ...dotted]];
  return [...before, ...Array.from({ length: 16 - before.length - after.length }, () => 0), ...after];
}
