import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Log } from '../../../runtime/log.ts';
import { listenTcp, type TcpConnection, type TcpListener } from '../../../runtime/tcp.ts';
import type { Admit } from '../door.ts';
import { Connection } from './connection.ts';

/** Connections at a time, and those among them that publish nothing (yet): each holds 72 KiB at most until then. */
const CONNECTIONS_MAX = 1_000;
const WAITING_MAX = 200;

/** From connecting to RECORD: six exchanges, which take cellular links 1 s each. */
const RECORD_WITHIN_MS: Milliseconds = 10_000;

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
  readonly log: Log;
  readonly clock: Clock;
};

/** Takes publishers over RTSP, their media interleaved or over UDP. Throws Failure. */
export async function listenRtsp(options: RtspOptions): Promise<TcpListener> {
  const { port, hostname, portSetting, clock } = options;
  const door = new Door(options);
  const onConnection = (tcp: TcpConnection) => door.open(tcp);
  const listener = await listenTcp({ port, hostname, portSetting, onConnection });
  const stops = [clock.every(SWEEP_MS, () => door.sweep()), clock.every(REPORT_MS, () => door.sendReports())];
  const close = async () => {
    for (const stop of stops) stop();
    await door.cut('the origin was stopped');
    await listener.close();
    await door.closed();
  };
  return { port: listener.port, close };
}

class Door {
  readonly #options: RtspOptions;
  readonly #open = new Map<Connection, Promise<void>>();

  constructor(options: RtspOptions) {
    this.#options = options;
  }

  open(tcp: TcpConnection): void {
    const waiting = [...this.#open.keys()].filter(
      ({ isRecording, isOver }) => !isRecording && !isOver,
    ).length;
    if (this.#open.size >= CONNECTIONS_MAX || waiting >= WAITING_MAX) {
      this.#options.log.warn({ door: 'rtsp', address: tcp.address }, 'rtsp: too many connections');
      tcp.destroy();
      return;
    }
    const connection = new Connection(tcp, this.#options);
    this.#open.set(connection, this.#serve(connection));
  }

  async #serve(connection: Connection): Promise<void> {
    try {
      await connection.serve();
    } catch (error) {
      this.#options.log.error({ err: error, door: 'rtsp' }, 'rtsp: a session failed');
      await connection.cut('a fault of ours');
    }
    this.#open.delete(connection);
  }

  /** Ends connections that wait for too long. */
  sweep(): void {
    const { clock, log } = this.#options;
    for (const connection of this.#open.keys()) {
      connection.tick();
      const { address, isRecording, isOver, silentMs, since } = connection;
      const isLate = !isRecording && !isOver && clock.now() - since > RECORD_WITHIN_MS;
      if (!isLate && silentMs <= IDLE_MS) continue;
      const why = isLate ? 'it did not publish' : `nothing came for ${IDLE_MS / 1000} s`;
      log.warn({ door: 'rtsp', address, reason: why }, `rtsp: ${address} was cut off: ${why}`);
      void connection.cut(why);
    }
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
