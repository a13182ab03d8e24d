import type { ControlPacket } from '../../../media/srt/control.ts';
import type { SocketId } from '../../../media/srt/header.ts';
import { type DataPacket, type Packet, print } from '../../../media/srt/packet.ts';
import type { Sequence, SequenceRange } from '../../../media/srt/sequence.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { MediaKeys } from './media-keys.ts';
import { RateMeter } from './rate.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import { RoundTrip } from './round-trip.ts';

/** How often a connection wants its `tick`: the period of full acknowledgements (draft-sharabayko-srt §4.8.1). */
export const TICK_MS = 10;

/** Packets after which a light acknowledgement does not wait for the tick (§4.8.1). */
const LIGHT_ACK_PACKETS = 64;

/** Without a packet of ours for this long a keep-alive is sent (§3.2.3). */
const KEEP_ALIVE_MS = 1_000;

/** A publisher that is alive says something every second; one that did not for this long is gone. */
export const IDLE_MS = 5_000;

/** Libraries say that they are there when their encoder is not: without media for this long a publisher is gone. */
export const SILENT_MS = 30_000;

/** Loss is not reported more often than this (§4.8.2). */
const LOSS_REPORT_MIN_MS = 20;

export type ConnectionOptions = {
  /** The publisher's, for what is sent to it. */
  readonly peer: SocketId;
  readonly initial: Sequence;
  readonly latencyMs: Milliseconds;
  /** Null where nothing is encrypted. */
  readonly keys: MediaKeys | null;
  readonly send: (datagram: Uint8Array) => void;
  /** Given the media in order. */
  readonly deliver: (payload: Uint8Array) => void;
};

export type Counts = {
  received: number;
  /** Came twice, or too late. */
  stale: number;
  /** Too far ahead, or not to be decrypted. */
  refused: number;
};

/** What a publisher's connection is to its listener after a packet or a tick. */
export type State = 'open' | 'closed' | 'idle' | 'silent';

/** One publisher's connection from the end of its handshake on: puts its media in order, and asks for what is lost. */
export class Connection {
  readonly counts: Counts = { received: 0, stale: 0, refused: 0 };
  readonly #options: ConnectionOptions;
  readonly #buffer: ReceiveBuffer;
  readonly #roundTrip = new RoundTrip();
  readonly #rate: RateMeter;
  readonly #startedMs: Milliseconds;
  #heardMs: Milliseconds;
  #mediaMs: Milliseconds;
  #saidMs: Milliseconds;
  #ackNumber = 0;
  /** What was acknowledged last, and what the publisher knows of. */
  #acked: { readonly next: Sequence; readonly number: number; readonly atMs: Milliseconds; known: boolean };
  #sinceAck = 0;

  constructor(options: ConnectionOptions, nowMs: Milliseconds) {
    this.#options = options;
    this.#buffer = new ReceiveBuffer(options.initial, options.latencyMs);
    this.#rate = new RateMeter(nowMs);
    this.#startedMs = nowMs;
    this.#heardMs = nowMs;
    this.#mediaMs = nowMs;
    this.#saidMs = nowMs;
    this.#acked = { next: options.initial, number: 0, atMs: nowMs, known: true };
  }

  /** Packets that were given up. */
  get lost(): number {
    return this.#buffer.lost;
  }

  receive(packet: Packet, nowMs: Milliseconds): State {
    this.#heardMs = nowMs;
    switch (packet.kind) {
      case 'data':
        this.#take(packet, nowMs);
        return 'open';
      case 'ackack':
        this.#roundTrip.answered(packet.number, nowMs);
        if (packet.number === this.#acked.number) this.#acked.known = true;
        return 'open';
      case 'drop':
        this.#buffer.forgo(packet.range);
        this.#deliver(this.#buffer.giveUp(nowMs));
        return 'open';
      case 'key-material':
        if (packet.isRequest) this.#renewKeys(packet.message, nowMs);
        return 'open';
      case 'shutdown':
        return 'closed';
      case 'keep-alive':
      case 'handshake':
      case 'ack':
      case 'nak':
        return 'open';
    }
  }

  tick(nowMs: Milliseconds): State {
    if (nowMs - this.#heardMs >= IDLE_MS) return 'idle';
    if (nowMs - this.#mediaMs >= SILENT_MS) return 'silent';
    this.#deliver(this.#buffer.giveUp(nowMs));
    const { rttMs, varianceMs } = this.#roundTrip;
    const waitMs = rttMs + 4 * varianceMs;
    this.#report(this.#buffer.missing(nowMs, Math.max(LOSS_REPORT_MIN_MS, waitMs / 2)), nowMs);
    const isNew = this.#buffer.next !== this.#acked.next;
    if (isNew || (!this.#acked.known && nowMs - this.#acked.atMs >= waitMs)) this.#acknowledge(nowMs);
    if (nowMs - this.#saidMs >= KEEP_ALIVE_MS) this.#say({ kind: 'keep-alive' }, nowMs);
    return 'open';
  }

  /** Tells the publisher that it is over. */
  shutdown(nowMs: Milliseconds): void {
    this.#say({ kind: 'shutdown' }, nowMs);
  }

  #take(packet: DataPacket, nowMs: Milliseconds): void {
    this.counts.received += 1;
    this.#mediaMs = nowMs;
    this.#rate.count(packet.payload.byteLength);
    const payload = this.#decrypted(packet);
    const placed = payload && this.#buffer.place(packet.sequence, payload, nowMs);
    if (placed?.kind === 'stale') this.counts.stale += 1;
    if (placed === null || placed.kind === 'beyond') this.counts.refused += 1;
    if (placed?.kind !== 'placed') return;
    this.#deliver(placed.ready);
    if (placed.gap !== null) this.#report([placed.gap], nowMs);
    this.#sinceAck += 1;
    if (this.#sinceAck >= LIGHT_ACK_PACKETS) this.#acknowledgeLightly(nowMs);
  }

  /** Null for what can't be: a key that is not known, or no encryption where there should be. */
  #decrypted({ payload, parity, sequence }: DataPacket): Uint8Array | null {
    const { keys } = this.#options;
    if (keys === null) return parity === null ? payload : null;
    return parity === null ? null : keys.decrypt(payload, parity, sequence);
  }

  #deliver(ready: readonly Uint8Array[]): void {
    for (const payload of ready) this.#options.deliver(payload);
  }

  /** §6.1.6. The answer to what can't be read is left out: the publisher asks again. */
  #renewKeys(message: Uint8Array, nowMs: Milliseconds): void {
    if (this.#options.keys?.install(message))
      this.#say({ kind: 'key-material', isRequest: false, message }, nowMs);
  }

  #report(losses: readonly SequenceRange[], nowMs: Milliseconds): void {
    if (losses.length > 0) this.#say({ kind: 'nak', losses }, nowMs);
  }

  #acknowledge(nowMs: Milliseconds): void {
    this.#ackNumber += 1;
    const { next } = this.#buffer;
    this.#acked = { next, number: this.#ackNumber, atMs: nowMs, known: false };
    this.#sinceAck = 0;
    this.#roundTrip.sent(this.#ackNumber, nowMs);
    const { packetsPerSecond, bytesPerSecond } = this.#rate.at(nowMs);
    const report = {
      rttUs: Math.round(this.#roundTrip.rttMs * 1_000),
      rttVarianceUs: Math.round(this.#roundTrip.varianceMs * 1_000),
      available: this.#buffer.available,
      packetsPerSecond,
      // What came is what the link carries at least: probing for more is for files (§5.2.1.3).
      capacityPerSecond: packetsPerSecond,
      bytesPerSecond,
    };
    this.#say({ kind: 'ack', number: this.#ackNumber, next, report }, nowMs);
  }

  #acknowledgeLightly(nowMs: Milliseconds): void {
    this.#sinceAck = 0;
    this.#say({ kind: 'ack', number: 0, next: this.#buffer.next, report: null }, nowMs);
  }

  #say(what: Said, nowMs: Milliseconds): void {
    this.#saidMs = nowMs;
    const timestamp = Math.round((nowMs - this.#startedMs) * 1_000) % 2 ** 32;
    this.#options.send(print({ ...what, timestamp, destination: this.#options.peer }));
  }
}

type Unaddressed<T> = T extends unknown ? Omit<T, 'timestamp' | 'destination'> : never;
type Said = Unaddressed<ControlPacket>;
