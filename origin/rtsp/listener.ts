import type { Milliseconds } from '../../media/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { listenTcp, type TcpConnection, type TcpListener } from '../../runtime/tcp.ts';
import type { Admit } from '../ingest/door.ts';
import type { Players } from '../rtp/player/players.ts';
import { Connection } from './connection.ts';

/** Connections at a time: of players and publishers together. */
const CONNECTIONS_MAX = 10_000;

/**
 * Those among them that neither publish nor have played: each holds 72 KiB at most until then. When there is one more,
 * the oldest goes: a player is through with DESCRIBE, SETUP and PLAY in less time than a thousand others need to
 * connect, so whoever holds connections open loses them, and nobody new is refused.
 */
const WAITING_MAX = 1_000;

/** From connecting to SETUP or RECORD: six exchanges, which take cellular links 1 s each. */
const BEGIN_WITHIN_MS: Milliseconds = 10_000;

/** A publisher of whom nothing comes for so long is gone: cameras send sound or a picture every second. */
const IDLE_MS: Milliseconds = 8_000;

/** How often the two are looked at. */
const SWEEP_MS: Milliseconds = 1_000;

/** How often publishers hear how their streams arrive (RFC 3550 §6.2 has no less). */
const REPORT_MS: Milliseconds = 5_000;

export type RtspOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  /** `::` listens on IPv4 and IPv6. */
  readonly hostname: string;
  /** The setting that moves the port, named in the error when it is taken. */
  readonly portSetting: string;
  readonly admit: Admit;
  readonly players: Players;
  readonly log: Log;
  readonly clock: Clock;
  /** In PEM. With it, RTSPS is taken on the same port. */
  readonly tls?: { readonly key: string; readonly cert: string };
};

export type RtspListener = TcpListener & {
  /** Connections at the moment, and those that were let go since the start because they did nothing. */
  readonly counts: () => { readonly connections: number; readonly reaped: number };
};

/** Takes publishers and players over RTSP, their media interleaved or over UDP. Throws Failure. */
export async function listenRtsp(options: RtspOptions): Promise<RtspListener> {
  const { port, hostname, portSetting, clock, tls } = options;
  const door = new Door(options);
  const onConnection = (tcp: TcpConnection) => door.open(tcp);
  const listener = await listenTcp({ port, hostname, portSetting, onConnection, tls });
  const stops = [clock.every(SWEEP_MS, () => door.sweep()), clock.every(REPORT_MS, () => door.sendReports())];
  const close = async () => {
    for (const stop of stops) stop();
    await door.cut('the origin was stopped');
    await listener.close();
    await door.closed();
  };
  return { port: listener.port, close, counts: () => door.counts };
}

class Door {
  readonly #options: RtspOptions;
  readonly #open = new Map<Connection, Promise<void>>();
  /** The oldest first. Those that have begun since are taken out when they are come across. */
  readonly #waiting = new Set<Connection>();
  #reaped = 0;
  /** Of those, who were not told of yet. */
  #untold = 0;

  constructor(options: RtspOptions) {
    this.#options = options;
  }

  get counts() {
    return { connections: this.#open.size, reaped: this.#reaped };
  }

  open(tcp: TcpConnection): void {
    if (this.#waiting.size >= WAITING_MAX || this.#open.size >= CONNECTIONS_MAX) this.#makeRoom();
    if (this.#open.size >= CONNECTIONS_MAX) {
      tcp.destroy();
      return;
    }
    const connection = new Connection(tcp, this.#options);
    this.#waiting.add(connection);
    this.#open.set(connection, this.#serve(connection));
  }

  async #serve(connection: Connection): Promise<void> {
    try {
      await connection.serve();
    } catch (error) {
      this.#options.log.error({ err: error, door: 'rtsp' }, 'rtsp: a session failed');
      await connection.cut('a fault of ours');
    }
    this.#waiting.delete(connection);
    this.#open.delete(connection);
  }

  /** Lets the oldest go that waits. */
  #makeRoom(): void {
    for (const connection of this.#waiting) {
      this.#waiting.delete(connection);
      if (!connection.isWaiting) continue;
      this.#reap(connection);
      if (this.#waiting.size < WAITING_MAX) return;
    }
  }

  #reap(connection: Connection): void {
    this.#reaped += 1;
    this.#untold += 1;
    this.#waiting.delete(connection);
    this.#open.delete(connection);
    void connection.cut('it neither published nor played');
  }

  /** Ends connections that wait for too long, and publishers who are gone. */
  sweep(): void {
    for (const connection of this.#open.keys()) {
      connection.tick();
      if (connection.isWaiting) this.#waiting.add(connection);
      else this.#waiting.delete(connection);
      if (connection.idleMs > BEGIN_WITHIN_MS) this.#reap(connection);
      else if (connection.silentMs > IDLE_MS) this.#cutSilent(connection);
    }
    if (this.#untold > 0) this.#tellReaped();
  }

  #cutSilent(connection: Connection): void {
    const why = `nothing came for ${IDLE_MS / 1000} s`;
    const { address } = connection;
    const facts = { door: 'rtsp', address, reason: why };
    this.#options.log.warn(facts, `rtsp: ${address} was cut off: ${why}`);
    void connection.cut(why);
  }

  /** One line for all of a second: strangers decide how many these are. */
  #tellReaped(): void {
    const count = this.#untold;
    this.#untold = 0;
    const facts = { door: 'rtsp', count };
    this.#options.log.info(
      facts,
      `rtsp: ${count} connections that neither published nor played were cut off`,
    );
  }

  sendReports(): void {
    for (const connection of this.#open.keys()) connection.sendReports();
  }

  async cut(reason: string): Promise<void> {
    await Promise.all([...this.#open.keys()].map((connection) => connection.cut(reason)));
  }

  /** Resolves when every connection has been dealt with. */
  async closed(): Promise<void> {
    await Promise.all(this.#open.values());
  }
}
