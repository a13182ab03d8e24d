import type { Request, Response } from '../../../media/rtsp/message.ts';
import { respond } from '../../../media/rtsp/message.ts';
import * as SessionHeader from '../../../media/rtsp/session.ts';
import * as Transport from '../../../media/rtsp/transport.ts';
import type { PresentationId } from '../../../wire/ids.ts';
import { SCALES } from '../film/scale.ts';
import type { Piece } from '../repertoire.ts';
import { tracksIn } from '../transport-stream.ts';
import { type Address, readAddress } from './address.ts';
import { admit } from './admission.ts';
import { agree, offeredIn, transportOf } from './agree.ts';
import { answerOf, readAsking } from './asking.ts';
import { describe } from './description.ts';
import type { Link } from './link.ts';
import { offerOf, streamNamed } from './offer.ts';
import { readParameters } from './parameters.ts';
import { type Players, TIMEOUT_SECONDS } from './players.ts';
import { type Session, TRACKS_MAX } from './session.ts';

/** Sessions that one connection may open: a wall of pictures is better off with several connections. */
const SESSIONS_MAX = 16;

/** Answers the requests of one connection that plays. */
export class Client {
  readonly #players: Players;
  readonly #link: Link;
  /** Those that were asked for here. */
  readonly #sessions = new Set<Session>();
  /** By the number that a client gives requests which it sends before it knows the session (RFC 7826 §18.33). */
  readonly #pipelined = new Map<string, Session>();
  #begin: (() => void) | null = null;

  constructor(players: Players, link: Link) {
    this.#players = players;
    this.#link = link;
  }

  get hasSessions(): boolean {
    return this.#living.length > 0;
  }

  get hasPlayed(): boolean {
    return this.#living.some(({ hasPlayed }) => hasPlayed);
  }

  /** Answers what players ask; null for other methods. */
  async answer(request: Request): Promise<Response | null> {
    const response = await this.#answer(request);
    if (response !== null) this.#players.count(response.status);
    return response;
  }

  /** What was answered is on its way: what it promised begins. */
  afterAnswer(): void {
    this.#begin?.();
    this.#begin = null;
  }

  /** A request that asks for nothing is a sign of life. */
  keepAlive(request: Request): void {
    this.#sessionOf(request)?.hear();
  }

  /** A frame came: what players send over TCP are receiver reports. */
  frame(): void {
    for (const session of this.#living) if (session.transport === 'interleaved') session.hear();
  }

  /** The connection is gone, and with it what went over it. What goes over UDP is kept for a new connection. */
  end(): void {
    for (const session of this.#living)
      if (session.transport === 'interleaved' || !session.hasPlayed) session.end();
  }

  get #living(): readonly Session[] {
    for (const session of this.#sessions) if (session.state === 'over') this.#sessions.delete(session);
    return [...this.#sessions];
  }

  async #answer(request: Request): Promise<Response | null> {
    switch (request.method) {
      case 'DESCRIBE':
        return this.#describe(request);
      case 'SETUP':
        return this.#setUp(request);
      case 'PLAY':
        return this.#within(request, (session) => this.#play(request, session));
      case 'PAUSE':
        return this.#within(request, (session) => this.#pause(request, session));
      case 'TEARDOWN':
        return this.#within(request, (session) => this.#tearDown(request, session));
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return this.#parameters(request);
      default:
        return null;
    }
  }

  async #describe(request: Request): Promise<Response> {
    if (!takesSdp(request)) return respond(406, {}, 'presentations are described in application/sdp');
    const address = readAddress(request.uri);
    if (address === null) return NO_ADDRESS;
    const found = await this.#find(request, address);
    if (found.kind === 'response') return found.response;
    const { piece } = found;
    const offer = offerOf(piece, address);
    if (offer.kind === 'refused') return respond(404, {}, offer.reason);
    const text = describe(piece, offer.tracks, this.#link.address.includes(':'));
    const fields = {
      'Content-Type': 'application/sdp',
      'Content-Base': address.base,
      'Cache-Control': 'no-cache',
    };
    const properties = request.version === '2.0' ? propertiesOf(piece) : {};
    return respond(200, { ...fields, ...properties }, undefined, new TextEncoder().encode(text));
  }

  async #find(
    request: Request,
    address: Address,
  ): Promise<{ kind: 'piece'; piece: Piece } | { kind: 'response'; response: Response }> {
    const { repertoire } = this.#players.options;
    const id = repertoire.idOf(address.presentation);
    if (id === null) return { kind: 'response', response: respond(404, {}, 'there is no such presentation') };
    const refusal = await this.#admit(request, id, address, null);
    if (refusal !== null) return { kind: 'response', response: refusal };
    const found = await repertoire.find(id);
    if (found.kind === 'piece') return found;
    const fields = found.status === 503 ? { 'Retry-After': '5' } : {};
    return { kind: 'response', response: respond(found.status, fields, found.reason) };
  }

  #admit(request: Request, id: PresentationId, address: Address, session: Session | null) {
    const { gate } = this.#players.options;
    return admit(request, id, address, { gate, address: this.#link.address, session });
  }

  async #setUp(request: Request): Promise<Response> {
    const address = readAddress(request.uri);
    if (address === null) return NO_ADDRESS;
    const known = this.#sessionOf(request);
    if (known === null && request.headers.has('session')) return respond(454);
    if (known !== null && known.state !== 'ready')
      return respond(455, {}, 'a session that has played takes no more tracks: open another one');
    if (known !== null) return this.#setUpIn(known, request, address);
    const found = await this.#find(request, address);
    if (found.kind === 'response') return found.response;
    if (this.#living.length >= SESSIONS_MAX) return respond(453, {}, 'too many sessions on this connection');
    const session = this.#players.open(found.piece, address.base, request.version, this.#link);
    if (session === null) return respond(503, { 'Retry-After': '5' }, 'too many players');
    const response = this.#setUpIn(session, request, address);
    if (session.setUps.length === 0) session.end();
    else this.#remember(session, request);
    return response;
  }

  #setUpIn(session: Session, request: Request, address: Address): Response {
    const offer = offerOf(session.piece, address);
    const only = offer.kind === 'tracks' && offer.tracks.length === 1 ? offer.tracks[0]?.id : undefined;
    const name = address.track ?? only;
    if (name === undefined)
      return respond(459, {}, 'SETUP is for one track: put its control behind the address');
    const track = streamNamed(session.piece, name);
    if (track === null || address.presentation !== session.piece.id)
      return respond(404, {}, 'there is no such track');
    if (session.setUps.length >= TRACKS_MAX) return respond(453, {}, 'too many tracks');
    const others = session.setUps.filter((one) => one.track !== track).map((one) => one.track);
    if (others.length > 0 && [track, ...others].some((one) => tracksIn(one) !== null))
      return respond(455, {}, 'a transport stream holds all that its session plays');
    const ways = this.#players.options;
    const offered = Transport.parse(request.headers.get('transport') ?? '');
    const carrier = agree(offered, session, track, ways);
    if (carrier === null) return respond(461, {}, offeredIn(ways, session));
    session.setUp({ track, uri: request.uri, carrier });
    session.hear();
    return respond(200, {
      Transport: Transport.print(transportOf(carrier, ways), versionOf(request)),
      Session: SessionHeader.print({ id: session.id, timeoutSeconds: TIMEOUT_SECONDS }),
      ...(request.version === '2.0' && { 'Accept-Ranges': 'npt', ...propertiesOf(session.piece) }),
    });
  }

  #remember(session: Session, { headers }: Request): void {
    this.#sessions.add(session);
    const number = headers.get('pipelined-requests');
    if (number === undefined) return;
    if (this.#pipelined.size >= SESSIONS_MAX) this.#pipelined.clear();
    this.#pipelined.set(number, session);
  }

  async #within(
    request: Request,
    work: (session: Session) => Promise<Response> | Response,
  ): Promise<Response> {
    const session = this.#sessionOf(request);
    if (session === null) return respond(454);
    session.hear();
    this.#sessions.add(session);
    const track = readAddress(request.uri)?.track ?? null;
    const isOne = track !== null && session.setUps.length > 1;
    if (isOne && request.method !== 'TEARDOWN')
      return respond(
        460,
        {},
        'the tracks of a session are played together: leave the control of the track out',
      );
    return work(session);
  }

  async #play(request: Request, session: Session): Promise<Response> {
    const read = readAsking(request, session);
    if (read.kind === 'refused') return read.response;
    if (read.kind === 'nothing') return respond(200, { Session: session.id });
    const address = session.hasPlayed ? null : readAddress(session.setUps[0]?.uri ?? '');
    const refusal = address && (await this.#admit(request, session.piece.id, address, session));
    if (refusal !== null) return refusal;
    const prepared = await session.prepare(read.asked);
    if (prepared === null) return respond(457, {}, 'the presentation ends before that');
    if (!session.hasPlayed) this.#tell(session);
    this.#begin = prepared.begin;
    return answerOf(prepared, request, session);
  }

  #tell({ piece, transport }: Session): void {
    const { address } = this.#link;
    const over = transport === 'interleaved' ? 'RTSP' : `RTSP and UDP (${transport})`;
    const facts = { door: 'rtsp', presentation: piece.id, address };
    this.#players.options.log.info(facts, `${piece.id}: ${address} plays over ${over}`);
  }

  #pause({ version }: Request, session: Session): Response {
    session.pause();
    const { position } = session;
    const range = position === null ? 'npt=now-' : `npt=${position.toFixed(3)}-`;
    return respond(200, { Session: session.id, ...(version === '2.0' && { Range: range }) });
  }

  #tearDown({ uri }: Request, session: Session): Response {
    const name = readAddress(uri)?.track ?? null;
    const track = session.setUps.find((one) => one.track === name)?.track;
    if (name !== null && track === undefined) return respond(404, {}, 'the session has no such track');
    if (track === undefined) session.end();
    else session.forget(track);
    return respond(200, session.state === 'over' ? {} : { Session: session.id });
  }

  #parameters(request: Request): Response {
    const session = this.#sessionOf(request);
    if (session === null && request.headers.has('session')) return respond(454);
    session?.hear();
    return readParameters(request, session);
  }

  /** The session that a request names, or the only one of its connection; null when there is none. */
  #sessionOf({ headers }: Request): Session | null {
    const named = headers.get('session');
    if (named !== undefined) return this.#players.get(SessionHeader.parse(named)?.id ?? '');
    const pipelined = this.#pipelined.get(headers.get('pipelined-requests') ?? '');
    if (pipelined !== undefined) return pipelined.state === 'over' ? null : pipelined;
    return null;
  }
}

const NO_ADDRESS = respond(404, {}, 'the address names no presentation: play rtsp://<host>/<id>');

const versionOf = ({ version }: Request) => (version === '2.0' ? '2.0' : '1.0');

function takesSdp({ headers }: Request): boolean {
  const accepted = headers.get('accept') ?? '*/*';
  return /(?:^|[\s,])(?:application\/sdp|application\/\*|\*\/\*)/i.test(accepted);
}

/** What can be done with a presentation (RFC 7826 §18.29). */
function propertiesOf(piece: Piece): Readonly<Record<string, string>> {
  if (piece.kind === 'live') return { 'Media-Properties': 'No-Seeking, Time-Progressing, Time-Duration=0.0' };
  const scales = `Scales="${SCALES}"`;
  return { 'Media-Properties': `Random-Access=2.0, Immutable, Unlimited, ${scales}` };
}
