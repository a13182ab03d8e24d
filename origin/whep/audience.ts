import { randomBytes } from 'node:crypto';
import type { Context as AnyContext } from 'hono';
import type { Clock } from '../../runtime/clock.ts';
import type { Peer } from '../../runtime/http.ts';
import type { Log } from '../../runtime/log.ts';
import { PresentationId } from '../../wire/ids.ts';
import type { Ends, Gate, GateAnswer } from '../rtp/gate/gate.ts';
import type { Piece, Repertoire, Found as Sought } from '../rtp/repertoire.ts';
import { NoAddress } from '../webrtc/connection.ts';
import { created, type Found, isLocal, isOffer, notAnOffer } from '../webrtc/http.ts';
import type { Network } from '../webrtc/network.ts';
import { choose, wantedOf } from './choice.ts';
import { type Offer, readOffer } from './offer.ts';
import type { Chosen } from './reception.ts';
import { Relays } from './relay.ts';
import { type Counts, Viewer } from './viewer.ts';

/** A channel that can be watched now. */
type Live = Extract<Piece, { kind: 'live' }>;

export type AudienceOptions = {
  /** Finds a channel, and waits a while for one that is about to be on air. */
  readonly repertoire: Pick<Repertoire, 'find'>;
  readonly gate: Gate;
  readonly network: Network;
  /** Viewers at once. */
  readonly peersMax: number;
  readonly clock: Clock;
  readonly log: Log;
};

/** When a viewer may ask again: what is off the air comes back, and one of the others leaves. */
const OFF_AIR_RETRY_SECONDS = 5;
const FULL_RETRY_SECONDS = 10;

/** Requests, and who sent them. */
type Context = AnyContext<{ Bindings: Peer }>;

type Headers = Readonly<Record<string, string>>;

/** What is counted: viewers turned away, and sounds that are being made Opus. */
export type AudienceCounts = Counts & { refused: number; sounds: number };

/** All who watch over WebRTC. */
export class Audience {
  readonly counts: AudienceCounts = { packets: 0, repaired: 0, refused: 0, sounds: 0 };
  readonly #options: AudienceOptions;
  readonly #relays: Relays;
  readonly #viewers = new Map<string, Viewer>();
  /** Those that are not answered yet. */
  #coming = 0;

  constructor(options: AudienceOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#relays = new Relays({ clock, log, counts: this.counts });
  }

  get size(): number {
    return this.#viewers.size;
  }

  find(c: Context): Found {
    const session = this.#viewers.get(c.req.param('session') ?? '');
    if (session !== undefined) return { kind: 'found', session };
    return { kind: 'refused', response: c.text('no such session\n', 404) };
  }

  close(): void {
    for (const viewer of this.#viewers.values()) viewer.end('the origin was stopped');
  }

  /** Answers an offer. */
  async admit(c: Context): Promise<Response> {
    if (!isOffer(c)) return notAnOffer(c);
    const { peersMax } = this.#options;
    if (this.size + this.#coming >= peersMax) return this.#full(c, `${peersMax} watch here already`);
    this.#coming += 1;
    try {
      return await this.#admit(c);
    } finally {
      this.#coming -= 1;
    }
  }

  async #admit(c: Context): Promise<Response> {
    const body = await c.req.text();
    const id = PresentationId.safeParse(c.req.param('id'));
    if (!id.success) return this.#refuse(c, 404, 'there is no such presentation');
    const opened = await this.#options.gate(askedOf(c, id.data));
    if (opened.kind !== 'open') return this.#turnAway(c, opened);
    const found = await this.#options.repertoire.find(id.data);
    if (found.kind === 'missing') return this.#miss(c, found);
    const { piece: live } = found;
    if (live.kind === 'film')
      return this.#refuse(c, 404, `'${id.data}' is not live: play it over HLS or DASH`);
    const choice = choose(live.stream, { video: c.req.query('video'), audio: c.req.query('audio') });
    if (choice.kind === 'refused') return this.#refuse(c, choice.status, choice.reason);
    const read = readOffer(body, wantedOf(choice.chosen));
    if (read.kind === 'refused') return this.#refuse(c, read.status, read.reason);
    try {
      return await this.#begin(c, live, choice.chosen, read.offer, opened.ends ?? UNENDING);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof NoAddress) return this.#full(c, reason);
      return this.#refuse(c, 422, `the offer can not be answered: ${reason}`);
    }
  }

  async #begin(c: Context, live: Live, chosen: Chosen, offer: Offer, ends: Ends): Promise<Response> {
    const { network, clock, log } = this.#options;
    const name = randomBytes(16).toString('base64url');
    const relay = this.#relays.hold(live.id, live.stream);
    const said = { presentation: live.id, address: addressOf(c) };
    let stop = () => {};
    let isOver = false;
    const onEnd = (reason: string) => {
      isOver = true;
      this.#viewers.delete(name);
      this.#relays.release(relay);
      stop();
      log.info({ ...said, reason }, `whep: ${live.id} is not watched any more: ${reason}`);
    };
    const { counts } = this;
    const all = { offer, chosen, relay, network, isLocal: isLocal(c.req.url), clock, counts, onEnd };
    const opened = await Viewer.open({ ...all, want: live.want }).catch((error) => {
      this.#relays.release(relay);
      throw error;
    });
    const { viewer, answer } = opened;
    if (!isOver) {
      this.#viewers.set(name, viewer);
      stop = ends((reason) => viewer.end(reason));
    }
    log.info(said, `whep: ${live.id} is watched`);
    return created(c, answer, {
      path: `/whep/${live.id}/${name}`,
      id: name,
      iceServers: network.iceServers,
    });
  }

  /** "A 409 Conflict response with a Retry-After header" is for what is not on air (draft-ietf-wish-whep-03 §4.2.8). */
  #miss(c: Context, { status, reason }: Extract<Sought, { kind: 'missing' }>): Response {
    if (status !== 503) return this.#refuse(c, status, reason);
    return this.#refuse(c, 409, reason, { 'Retry-After': String(OFF_AIR_RETRY_SECONDS) });
  }

  #full(c: Context, reason: string): Response {
    return this.#refuse(c, 503, reason, { 'Retry-After': String(FULL_RETRY_SECONDS) });
  }

  #turnAway(c: Context, answer: Exclude<GateAnswer, { kind: 'open' }>): Response {
    if (answer.kind === 'refused') return this.#refuse(c, 403, answer.reason);
    for (const challenge of answer.wwwAuthenticate) c.header('WWW-Authenticate', challenge, { append: true });
    return this.#refuse(c, 401, 'send a token as `Authorization: Bearer <token>` or `?token=<token>`');
  }

  #refuse(
    c: Context,
    status: 401 | 403 | 404 | 409 | 422 | 400 | 503,
    reason: string,
    headers: Headers = {},
  ): Response {
    this.counts.refused += 1;
    const said = { presentation: c.req.param('id'), address: addressOf(c), status };
    this.#options.log.debug(said, `whep: refused: ${reason}`);
    return c.text(`${reason}\n`, status, headers);
  }
}

/** Nothing ends it. */
const UNENDING: Ends = () => () => {};

const addressOf = (c: Context): string => c.env.addressOf(c.req.raw);

const askedOf = (c: Context, presentation: PresentationId) => ({
  presentation,
  method: c.req.method,
  uri: new URL(c.req.url).pathname,
  authorization: c.req.header('Authorization') ?? null,
  token: c.req.query('token') ?? null,
  address: addressOf(c),
});
