import type { Milliseconds, Seconds } from '../../../media/time.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Ends } from '../gate/gate.ts';
import type { AskedToPlay, Performance, Prepared, Stage } from '../performance.ts';
import type { Piece } from '../repertoire.ts';
import type { Carrier } from './carrier.ts';
import type { Link } from './link.ts';

/** A track that was set up, under the address by which the player did so: RTP-Info repeats it. */
export type SetUp = { readonly track: TrackId; readonly uri: string; readonly carrier: Carrier };

/** Tracks of a session: pictures, and sound in some languages. */
export const TRACKS_MAX = 8;

/** Ready has been set up and never played; paused has. */
export type SessionState = 'ready' | 'playing' | 'paused' | 'over';

export type SessionOptions = {
  readonly id: string;
  readonly piece: Piece;
  /** The address of all its tracks, and the version of RTSP that its player speaks. */
  readonly base: string;
  readonly version: string;
  readonly link: Link;
  /** Makes the playing of it, once it is known how it goes out. */
  readonly stage: (session: Session) => Stage;
  readonly now: () => Milliseconds;
  /** Told once, when it is over. */
  readonly onOver: () => void;
};

/** One player's playing of one presentation, from its first SETUP to TEARDOWN (RFC 2326 §A.2). */
export class Session {
  readonly id: string;
  readonly piece: Piece;
  readonly base: string;
  readonly version: string;
  readonly link: Link;
  readonly #options: SessionOptions;
  #setUps: readonly SetUp[] = [];
  #state: SessionState = 'ready';
  #stage: Stage | null = null;
  #hasPlayed = false;
  #unheed: () => void = () => {};
  /** When something of its player was last heard. */
  #heardMs: Milliseconds;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.id = options.id;
    this.piece = options.piece;
    this.base = options.base;
    this.version = options.version;
    this.link = options.link;
    this.#heardMs = options.now();
  }

  get state(): SessionState {
    return this.#state;
  }

  get hasPlayed(): boolean {
    return this.#hasPlayed;
  }

  get setUps(): readonly SetUp[] {
    return this.#setUps;
  }

  /** How it goes out; null before anything was set up. */
  get transport(): Carrier['kind'] | null {
    return this.#setUps[0]?.carrier.kind ?? null;
  }

  /** Since when nothing of its player was heard, in milliseconds. */
  get silentMs(): Milliseconds {
    return this.#options.now() - this.#heardMs;
  }

  /** Its player lives. */
  hear(): void {
    this.#heardMs = this.#options.now();
  }

  /** Adds a track, or agrees anew on how it goes out. */
  setUp(track: SetUp): void {
    this.#setUps = [...this.#setUps.filter((one) => one.track !== track.track), track];
  }

  /** Null where there is nothing at the time that is asked for. Nothing is sent before `begin` of what it gives. */
  async prepare(asked: AskedToPlay): Promise<Prepared | null> {
    this.#stage ??= this.#options.stage(this);
    const prepared = await this.#performance.prepare(asked);
    if (prepared === null) return null;
    const begin = () => {
      if (this.#state === 'over') return;
      this.#state = 'playing';
      this.#hasPlayed = true;
      prepared.begin();
    };
    return { ...prepared, begin };
  }

  pause(): void {
    if (this.#state !== 'playing') return;
    this.#state = 'paused';
    this.#performance.pause();
  }

  /** Where it stands in a film; null for what is live. */
  get position(): Seconds | null {
    return this.#stage?.performance.position() ?? (this.piece.kind === 'film' ? 0 : null);
  }

  /** The range that was asked for was sent: PLAY may go on. */
  rest(): void {
    if (this.#state === 'playing') this.#state = 'paused';
  }

  /** It ends when what let its player in is good no more. */
  heed(ends: Ends): void {
    this.#unheed();
    this.#unheed = ends(() => this.end());
  }

  /** One of its tracks is not wanted any more; without its last one it is over. */
  forget(track: TrackId): void {
    this.#setUps = this.#setUps.filter((one) => one.track !== track);
    if (this.#setUps.length === 0) this.end();
    else this.#stage?.forget(track);
  }

  /** It is over: nothing more is sent. */
  end(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#unheed();
    this.#stage?.performance.close();
    this.#options.onOver();
  }

  get #performance(): Performance {
    this.#stage ??= this.#options.stage(this);
    return this.#stage.performance;
  }
}
