import type { Clock } from '../../../runtime/clock.ts';
import type { Log } from '../../../runtime/log.ts';
import {
  listenTcp,
  type TcpConnection,
  type TcpListener,
  type TcpListenOptions,
} from '../../../runtime/tcp.ts';
import type { Admit } from '../door.ts';
import { Publisher } from './publisher.ts';
import { serve } from './session.ts';

/** Connections at a time, and those among them that publish nothing (yet): each holds 16 KiB at most until then. */
const CONNECTIONS_MAX = 1_000;
const WAITING_MAX = 200;

/** From connecting to publishing: ffmpeg and OBS need seven exchanges, and cellular links 1 s for one. */
const PUBLISH_WITHIN_MS = 10_000;

/** A publisher that sends nothing for so long is gone, and keeps others out: cameras send something every second. */
const IDLE_MS = 15_000;

/** How often the two are looked at. */
const SWEEP_MS = 1_000;

export type RtmpOptions = Pick<TcpListenOptions, 'port' | 'hostname' | 'portSetting' | 'tls'> & {
  readonly admit: Admit;
  readonly log: Log;
  readonly clock: Clock;
};

type Open = { readonly publisher: Publisher; readonly since: number; isPublishing: boolean };

/** Takes publishers over RTMP and, with a certificate, over RTMPS on the same port. Throws Failure. */
export async function listenRtmp(options: RtmpOptions): Promise<TcpListener> {
  const { port, hostname, portSetting, tls, clock } = options;
  const door = new Door(options);
  const onConnection = (connection: TcpConnection) => door.open(connection);
  const listener = await listenTcp({ port, hostname, portSetting, tls, onConnection });
  const stopSweeping = clock.every(SWEEP_MS, () => door.sweep());
  const close = async () => {
    stopSweeping();
    await listener.close();
    await door.closed();
  };
  return { port: listener.port, close };
}

class Door {
  readonly #options: RtmpOptions;
  readonly #open = new Map<Open, Promise<void>>();
  #waiting = 0;

  constructor(options: RtmpOptions) {
    this.#options = options;
  }

  open(connection: TcpConnection): void {
    const { admit, log, clock } = this.#options;
    if (this.#open.size >= CONNECTIONS_MAX || this.#waiting >= WAITING_MAX) {
      log.warn({ door: 'rtmp', address: connection.address }, 'rtmp: too many connections');
      connection.destroy();
      return;
    }
    const publisher = new Publisher(connection, clock.now);
    const one: Open = { publisher, since: clock.now(), isPublishing: false };
    this.#waiting += 1;
    const onPublishing = () => {
      one.isPublishing = true;
      this.#waiting -= 1;
    };
    const served = serve(publisher, { admit, log, now: clock.now, onPublishing });
    this.#open.set(one, this.#close(one, served));
  }

  async #close(one: Open, served: Promise<void>): Promise<void> {
    await served.catch((error) =>
      this.#options.log.error({ err: error, door: 'rtmp' }, 'rtmp: a session failed'),
    );
    if (!one.isPublishing) this.#waiting -= 1;
    this.#open.delete(one);
  }

  /** Ends connections that wait for too long. */
  sweep(): void {
    const { clock, log } = this.#options;
    for (const { publisher, since, isPublishing } of this.#open.keys()) {
      const isLate = !isPublishing && clock.now() - since > PUBLISH_WITHIN_MS;
      if (!isLate && publisher.silentMs <= IDLE_MS) continue;
      const { address } = publisher;
      log.warn(
        { door: 'rtmp', address },
        `rtmp: ${address} was cut off: it ${isLate ? 'did not publish' : 'is silent'}`,
      );
      publisher.destroy();
    }
  }

  /** Resolves when every connection has been dealt with. */
  async closed(): Promise<void> {
    await Promise.all(this.#open.values());
  }
}
