import { randomInt } from 'node:crypto';
import { type Handshake, STAGES } from '../../../media/srt/handshake.ts';
import type { SocketId } from '../../../media/srt/header.ts';
import { type Packet, parse, print } from '../../../media/srt/packet.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Log } from '../../../runtime/log.ts';
import { openUdp, type UdpAddress } from '../../../runtime/udp.ts';
import type { Admit } from '../door.ts';
import { TICK_MS } from './connection.ts';
import { Cookies } from './cookie.ts';
import { agreedLatency, conclusion, induction, REJECTIONS, rejection } from './greeting.ts';
import { Publisher, type Report } from './publisher.ts';
import { type Reception, receive } from './reception.ts';

export type SrtOptions = {
  readonly port: number;
  readonly hostname: string;
  /** The setting that moves the port. */
  readonly portSetting: string;
  readonly admit: Admit;
  readonly log: Log;
  /** Publishers must encrypt with it; left out, they must not encrypt. */
  readonly passphrase?: string;
  /** How long a lost packet is waited for; a publisher may wish for more. */
  readonly latencyMs?: Milliseconds;
};

export type SrtListener = {
  readonly port: number;
  readonly counts: () => SrtCounts;
  readonly close: () => Promise<void>;
};

export type SrtCounts = {
  /** Connected now. */
  readonly publishers: number;
  /** Callers that were turned away. */
  readonly refused: number;
  /** Datagrams of nobody who is connected, and what is no SRT. */
  readonly strangers: number;
  /** Packets of publishers who are gone, and how many of them never came. */
  readonly received: number;
  readonly lost: number;
};

/** What libsrt waits where nobody says otherwise (draft-sharabayko-srt §4.5.1). */
const LATENCY_MS: Milliseconds = 120;

/** Each has an ffmpeg, and up to 28 MB in its buffers. */
const PUBLISHERS_MAX = 256;

/** Refusals that are logged in a second; more are only counted, so that strangers can't fill the disk. */
const REFUSALS_LOGGED_MAX = 10;

/** Ids are 31 bits; 0 is nobody. */
const SOCKET_MAX = 2 ** 30;

type Session = {
  readonly socket: SocketId;
  readonly from: UdpAddress;
  readonly publisher: Publisher;
  /** Sent again when the caller did not hear it. */
  readonly answer: Uint8Array;
  readonly caller: string;
};

/** Takes publishers in over SRT, any number on one port. Throws Failure when the port can't be had. */
export async function listenSrt(options: SrtOptions): Promise<SrtListener> {
  let door: SrtDoor | null = null;
  const socket = await openUdp({ ...options, onDatagram: (bytes, from) => door?.take(bytes, from) });
  const opened = new SrtDoor(options, socket.send);
  door = opened;
  const close = async () => {
    door = null;
    await opened.close();
    await socket.close();
  };
  return { port: socket.port, counts: () => opened.counts, close };
}

class SrtDoor {
  readonly #options: SrtOptions;
  readonly #send: (datagram: Uint8Array, to: UdpAddress) => void;
  readonly #cookies = new Cookies();
  readonly #sessions = new Map<SocketId, Session>();
  readonly #byCaller = new Map<string, Session>();
  readonly #running = new Set<Promise<void>>();
  readonly #total = { refused: 0, strangers: 0, received: 0, lost: 0 };
  #logged = { sinceMs: 0, count: 0 };
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(options: SrtOptions, send: (datagram: Uint8Array, to: UdpAddress) => void) {
    this.#options = options;
    this.#send = send;
  }

  get counts(): SrtCounts {
    return { ...this.#total, publishers: this.#sessions.size };
  }

  take(bytes: Uint8Array, from: UdpAddress): void {
    const packet = parse(bytes);
    if (packet === null) this.#total.strangers += 1;
    else if (packet.kind === 'handshake') this.#greet(packet.handshake, from);
    else this.#dispatch(packet, from);
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) session.publisher.shutdown(now());
    await Promise.all(this.#running);
  }

  #dispatch(packet: Packet, from: UdpAddress): void {
    const session = this.#sessions.get(packet.destination);
    if (session === undefined || callerOf(session.from) !== callerOf(from)) this.#total.strangers += 1;
    else if (!session.publisher.receive(packet, now())) this.#forget(session);
  }

  #greet(asked: Handshake, from: UdpAddress): void {
    const address = callerOf(from);
    if (asked.stage === STAGES.induction) {
      this.#answer(induction(asked, this.#cookies.bake(address, now())), asked.socket, from);
      return;
    }
    const known = this.#byCaller.get(`${address} ${asked.socket}`);
    if (known !== undefined) this.#send(known.answer, from);
    else if (asked.stage === STAGES.conclusion && this.#cookies.isGood(asked.cookie, address, now()))
      this.#conclude(asked, from);
    else this.#total.strangers += 1;
  }

  #conclude(asked: Handshake, from: UdpAddress): void {
    const isFull = this.#sessions.size >= PUBLISHERS_MAX;
    const full = {
      kind: 'refused',
      presentation: null,
      code: REJECTIONS.resource,
      reason: 'all places are taken',
    } as const;
    const reception = isFull ? full : receive(asked, from.address, this.#options);
    if (reception.kind === 'refused') this.#refuse(asked, from, reception);
    else this.#open(asked, from, reception);
  }

  #refuse(asked: Handshake, from: UdpAddress, refused: Extract<Reception, { kind: 'refused' }>): void {
    this.#total.refused += 1;
    this.#answer(rejection(asked, refused.code), asked.socket, from);
    if (now() - this.#logged.sinceMs >= 1_000) this.#logged = { sinceMs: now(), count: 0 };
    this.#logged.count += 1;
    if (this.#logged.count > REFUSALS_LOGGED_MAX) return;
    const { presentation, reason } = refused;
    const { address } = from;
    this.#options.log.warn(
      { presentation, address },
      `an SRT publisher at ${address} was refused: ${reason}`,
    );
  }

  #open(asked: Handshake, from: UdpAddress, { request, claim, keys, publishing }: Admitted): void {
    const { presentation } = claim;
    const latencyMs = agreedLatency(request, this.#options.latencyMs ?? LATENCY_MS);
    const socket = this.#freeSocket();
    const handshake = conclusion(asked, request, socket, latencyMs);
    const answer = print({ kind: 'handshake', timestamp: 0, destination: asked.socket, handshake });
    const send = (datagram: Uint8Array) => this.#send(datagram, from);
    const publisher = new Publisher(
      { peer: asked.socket, initial: asked.initialSequence, latencyMs, keys, send },
      now(),
    );
    const session = { socket, from, publisher, answer, caller: `${callerOf(from)} ${asked.socket}` };
    this.#sessions.set(socket, session);
    this.#byCaller.set(session.caller, session);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    send(answer);
    const { address } = from;
    this.#options.log.info(
      { presentation, address, latencyMs },
      `${presentation}: SRT from ${address} starts`,
    );
    const readmit = () => this.#options.admit(claim);
    const running = publisher.run(publishing, { now, readmit }).then((report) => {
      this.#ended(session, presentation, report);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  #ended(session: Session, presentation: string, { reason, received, lost }: Report): void {
    if (this.#sessions.has(session.socket)) session.publisher.shutdown(now());
    this.#forget(session);
    this.#total.received += received;
    this.#total.lost += lost;
    const { address } = session.from;
    this.#options.log.info(
      { presentation, address, reason, received, lost },
      `${presentation}: SRT from ${address} ended: ${reason}`,
    );
  }

  #tick(): void {
    for (const session of this.#sessions.values()) if (!session.publisher.tick(now())) this.#forget(session);
  }

  #forget(session: Session): void {
    this.#sessions.delete(session.socket);
    this.#byCaller.delete(session.caller);
    if (this.#sessions.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #freeSocket(): SocketId {
    for (;;) {
      const socket = randomInt(1, SOCKET_MAX);
      if (!this.#sessions.has(socket)) return socket;
    }
  }

  #answer(handshake: Handshake, destination: SocketId, to: UdpAddress): void {
    this.#send(print({ kind: 'handshake', timestamp: 0, destination, handshake }), to);
  }
}

type Admitted = Extract<Reception, { kind: 'admitted' }>;

/** Of the process, so that a wall clock that is set does not end connections. */
const now = (): Milliseconds => performance.now();

const callerOf = ({ address, port }: UdpAddress) => `${address} ${port}`;
