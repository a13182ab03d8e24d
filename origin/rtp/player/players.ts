import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Gate } from '../gate/gate.ts';
import type { Piece, Repertoire } from '../repertoire.ts';
import type { UdpFan } from '../udp/fan.ts';
import type { Groups } from './groups.ts';
import type { Link } from './link.ts';
import { Session } from './session.ts';
import { stageOf } from './stage.ts';

/** How long a session lives without a sign of its player, as it is told (RFC 2326 §12.37), and a little more. */
export const TIMEOUT_SECONDS = 60;
const TIMEOUT_MS: Milliseconds = TIMEOUT_SECONDS * 1000 + 5_000;

/** Players that are interrupted say nothing over TCP, and hold a connection that may be dead. */
const INTERRUPTED_MAX_MS: Milliseconds = 600_000;

/** Sessions at a time, and those among them that have not played: the oldest of these makes room for a new one. */
const SESSIONS_MAX = 10_000;
const READY_MAX = 1_000;

/** How often it is looked whose time is over, and said who watches. */
const SWEEP_MS: Milliseconds = 1_000;

export type PlayersOptions = {
  readonly repertoire: Pick<Repertoire, 'idOf' | 'find'>;
  readonly gate: Gate;
  /** Null where nothing goes out over UDP. */
  readonly fan: UdpFan | null;
  /** Null where nothing goes out by multicast. */
  readonly groups: Groups | null;
  readonly clock: Clock;
  readonly log: Log;
};

/** All who play over RTSP. A session may outlive its connection where its media goes over UDP. */
export class Players {
  readonly options: PlayersOptions;
  readonly #sessions = new Map<string, Session>();
  /** Requests that were answered, by status. */
  readonly answered = new Map<number, number>();
  dropped = 0;
  reaped = 0;
  readonly #stop: () => void;

  constructor(options: PlayersOptions) {
    this.options = options;
    this.#stop = options.clock.every(SWEEP_MS, () => this.#sweep());
  }

  get(id: string): Session | null {
    return this.#sessions.get(id) ?? null;
  }

  /** Opens a session; null when there are too many that play. */
  open(piece: Piece, base: string, version: string, link: Link): Session | null {
    this.#makeRoom();
    if (this.#sessions.size >= SESSIONS_MAX) return null;
    const { clock } = this.options;
    const session: Session = new Session({
      id: crypto.randomUUID().replaceAll('-', ''),
      piece,
      base,
      version,
      link,
      stage: () => stageOf(session, this.#staging),
      now: clock.now,
      onOver: () => this.#forget(session),
    });
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Sessions that play, by what carries them. */
  playing(): ReadonlyMap<string, number> {
    return countBy(this.#playing.map(({ transport }) => transport ?? 'none'));
  }

  /** Sessions that play, by presentation. */
  viewers(): ReadonlyMap<string, number> {
    return countBy(this.#playing.map(({ piece }) => piece.id));
  }

  get size(): number {
    return this.#sessions.size;
  }

  count(status: number): void {
    this.answered.set(status, (this.answered.get(status) ?? 0) + 1);
  }

  close(): void {
    this.#stop();
    for (const session of [...this.#sessions.values()]) session.end();
  }

  get #playing(): readonly Session[] {
    return [...this.#sessions.values()].filter(({ state }) => state === 'playing');
  }

  get #staging() {
    const { fan, groups, clock, log } = this.options;
    const onDrop = () => {
      this.dropped += 1;
    };
    return { fan, groups, clock, log, onDrop, onRest: tellOfEnd };
  }

  #sweep(): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.silentMs > patienceWith(session)) this.#reap(session);
      else if (session.piece.kind === 'live' && session.state !== 'paused') session.piece.want();
    }
  }

  #reap(session: Session): void {
    this.reaped += 1;
    session.end();
  }

  /** For one more: the oldest that never played goes. */
  #makeRoom(): void {
    const ready = [...this.#sessions.values()].filter(({ state }) => state === 'ready');
    const [oldest] = ready;
    if (oldest !== undefined && (ready.length >= READY_MAX || this.#sessions.size >= SESSIONS_MAX))
      this.#reap(oldest);
  }

  #forget(session: Session): void {
    this.#sessions.delete(session.id);
    if (!session.hasPlayed) return;
    const { piece, link } = session;
    const facts = { door: 'rtsp', presentation: piece.id, address: link.address };
    this.options.log.info(facts, `${piece.id}: ${link.address} plays no more`);
  }
}

/** What plays over TCP lives as its connection does. */
function patienceWith({ state, transport }: Session): Milliseconds {
  if (transport !== 'interleaved' || state === 'ready') return TIMEOUT_MS;
  return state === 'playing' ? Number.POSITIVE_INFINITY : INTERRUPTED_MAX_MS;
}

/** RTSP 2.0 tells a player that all was sent (RFC 7826 §13.5.1). */
function tellOfEnd(session: Session): void {
  session.rest();
  if (session.version !== '2.0') return;
  const headers = new Map([
    ['notify-reason', 'end-of-stream'],
    ['session', session.id],
    ['range', `npt=-${(session.position ?? 0).toFixed(3)}`],
  ]);
  session.link.ask({ method: 'PLAY_NOTIFY', uri: session.base, version: '2.0', headers });
}

function countBy(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
