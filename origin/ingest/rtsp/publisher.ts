import { parse as parseCredentials } from '../../../media/rtsp/credentials.ts';
import { type Request, type Response, respond } from '../../../media/rtsp/message.ts';
import * as Transport from '../../../media/rtsp/transport.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { Failure } from '../../../runtime/failure.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Admit, Claim, Publishing, RefusalCode } from '../door.ts';
import { findTrack, readAddress } from './address.ts';
import { readAnnouncement } from './announcement.ts';
import { Recording } from './recording.ts';
import { agree, byChannel, closeCarriers, type Stream, transportOf } from './stream.ts';

/** How long a session lives without a sign of its publisher, as it is told (RFC 2326 §12.37). Packets are signs too. */
const TIMEOUT_SECONDS = 60;

export type PublisherOptions = {
  readonly admit: Admit;
  readonly clock: Clock;
  readonly log: Log;
  /** The publisher's IP address: packets are taken from there alone. */
  readonly address: string;
  /** Where to listen for them. */
  readonly hostname: string;
  /** Sends a frame on the connection. */
  readonly sendFrame: (channel: number, data: Uint8Array) => void;
  /** Told once when the channel, or what was sent, ended it. */
  readonly onEnd: () => void;
};

type Announced = {
  readonly session: string;
  /** The address that was announced. */
  readonly base: string;
  readonly claim: Claim;
  readonly publishing: Publishing;
  readonly streams: readonly Stream[];
};

type State =
  | { readonly name: 'new' }
  | ({ readonly name: 'announced' } & Announced)
  | ({ readonly name: 'recording'; readonly recording: Recording } & Announced)
  | { readonly name: 'over' };

/** One publisher: from ANNOUNCE over SETUP and RECORD to TEARDOWN (RFC 2326 §10). */
export class Publisher {
  readonly #options: PublisherOptions;
  /** Our own name among the sources of RTP. */
  readonly #ssrc = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  #state: State = { name: 'new' };

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  get isRecording(): boolean {
    return this.#state.name === 'recording';
  }

  /** It has said what it publishes: the connection is a publisher's. */
  get hasBegun(): boolean {
    return this.#state.name !== 'new';
  }

  /** It published, and does so no more. */
  get isOver(): boolean {
    return this.#state.name === 'over';
  }

  /** Since when nothing has come, in milliseconds; 0 while nothing is recorded. */
  get silentMs(): Milliseconds {
    return this.#state.name === 'recording' ? this.#state.recording.silentMs : 0;
  }

  /** Resolves when more may be read from the connection. */
  async room(): Promise<void> {
    if (this.#state.name === 'recording') await this.#state.recording.room();
  }

  /** Answers what publishers ask; null for other methods. */
  async answer(request: Request): Promise<Response | null> {
    switch (request.method) {
      case 'ANNOUNCE':
        return this.#announce(request);
      case 'SETUP':
        return this.#setUp(request);
      case 'RECORD':
        return this.#record(request);
      case 'TEARDOWN':
        return this.#tearDown(request);
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return this.#keepAlive(request);
      default:
        return null;
    }
  }

  /** Takes a frame from the connection; one on a channel that was not agreed on is thrown away. */
  frame(channel: number, data: Uint8Array): void {
    if (this.#state.name !== 'recording') return;
    const found = byChannel(this.#state.streams, channel);
    if (found !== null) this.#take(found.stream, data, found.isControl);
  }

  /** The connection is gone, or is cut off. */
  async end(reason: string): Promise<void> {
    await this.#end(new Error(reason), reason);
  }

  /** Tells the publisher how its streams arrive (RFC 3550 §6.4.2). */
  sendReports(): void {
    const nowMs = this.#options.clock.now();
    if (this.#state.name !== 'recording') return;
    for (const { receiver, carrier } of this.#state.streams) {
      const report = receiver?.report(this.#ssrc, 'headwater', nowMs) ?? null;
      if (report === null || carrier === null) continue;
      if (carrier.kind === 'channels') this.#options.sendFrame(carrier.channels[1], report);
      else
        carrier.pair.control.send(report, { address: this.#options.address, port: carrier.clientPorts[1] });
    }
  }

  #announce(request: Request): Response {
    if (this.#state.name !== 'new') return respond(455, {}, 'This connection publishes already');
    const credentials = parseCredentials(request.headers.get('authorization') ?? '');
    const said = readAddress(request.uri, credentials);
    if (said === null)
      return this.#refuse(404, 'the address names no channel: publish to rtsp://<host>/<id>?key=<key>');
    if (said.key === null) return this.#askForKey();
    const read = readAnnouncement(request);
    if (read.kind === 'refused') return this.#refuse(read.status, read.reason);
    const claim: Claim = {
      door: 'rtsp',
      presentation: said.presentation,
      key: said.key,
      address: this.#options.address,
    };
    const admission = this.#options.admit(claim);
    if (admission.kind === 'refused') return this.#refuseClaim(claim, admission.code, admission.reason);
    const { publishing } = admission;
    const session = crypto.randomUUID().replaceAll('-', '');
    const base = request.uri;
    this.#state = { name: 'announced', session, base, claim, publishing, streams: read.streams };
    publishing.signal.addEventListener('abort', () => this.#sentAway(publishing), { once: true });
    return respond(200);
  }

  /** Clients say their password only when they are asked for it, so this is nothing to warn of. */
  #askForKey(): Response {
    const { log, address } = this.#options;
    log.info({ door: 'rtsp', address }, `rtsp: ${address} was asked for a key`);
    return unauthorized('a key is needed: rtsp://<host>/<id>?key=<key>, or as the password');
  }

  async #setUp(request: Request): Promise<Response> {
    const state = this.#state;
    if (state.name !== 'announced') return respond(455, {}, 'SETUP comes after ANNOUNCE and before RECORD');
    const wrong = wrongSession(request, state.session);
    if (wrong !== null) return wrong;
    const { streams, base } = state;
    const index = findTrack(
      request.uri,
      base,
      streams.map(({ control }) => control),
    );
    const stream = index === null ? undefined : streams[index];
    if (stream === undefined) return respond(404, {}, 'The description has no such stream');
    if (stream.carrier !== null) return respond(455, {}, 'This stream is set up already');
    const offered = Transport.parse(request.headers.get('transport') ?? '');
    const { hostname, address } = this.#options;
    const onPacket = (data: Uint8Array, isControl: boolean) => this.#take(stream, data, isControl);
    const carrier = await agree(offered, streams, { hostname, address, onPacket }).catch(failureOf);
    if (carrier instanceof Failure) return respond(500, {}, carrier.message);
    if (carrier === null)
      return respond(461, {}, 'RTP/AVP/TCP interleaved and RTP/AVP over unicast UDP are taken');
    stream.carrier = carrier;
    if (this.#state.name === 'over') await closeCarriers([stream]);
    return respond(200, {
      Transport: Transport.print(transportOf(carrier)),
      Session: `${state.session};timeout=${TIMEOUT_SECONDS}`,
    });
  }

  #record(request: Request): Response {
    const state = this.#state;
    if (state.name !== 'announced') return respond(455, {}, 'RECORD comes after ANNOUNCE and SETUP');
    const wrong = wrongSession(request, state.session);
    if (wrong !== null) return wrong;
    const streams = state.streams.filter(({ carrier }) => carrier !== null);
    const receivers = streams.map(({ receiver }) => receiver).filter((receiver) => receiver !== null);
    if (receivers.length === 0) return respond(455, {}, 'No stream is set up');
    const { claim, publishing } = state;
    const { admit, clock, log } = this.#options;
    const onEnd = (reason: string) => void this.#end(null, reason).then(this.#options.onEnd);
    const recording = new Recording({ claim, publishing, admit, receivers, clock, log, onEnd });
    this.#state = { ...state, name: 'recording', streams, recording };
    const over = streams.some(({ carrier }) => carrier?.kind === 'ports') ? 'RTSP and UDP' : 'RTSP';
    log.info(facts(claim), `${claim.presentation}: ${claim.address} publishes over ${over}`);
    return respond(200, { Session: state.session });
  }

  async #tearDown(request: Request): Promise<Response> {
    const state = this.#state;
    if (state.name !== 'announced' && state.name !== 'recording')
      return respond(454, {}, 'There is no session on this connection');
    const wrong = wrongSession(request, state.session);
    if (wrong !== null) return wrong;
    await this.#end(null, 'it ended the stream');
    return respond(200, { Session: state.session });
  }

  #keepAlive(request: Request): Response {
    const state = this.#state;
    if (state.name !== 'announced' && state.name !== 'recording') return respond(200);
    return wrongSession(request, state.session) ?? respond(200, { Session: state.session });
  }

  #take(stream: Stream, data: Uint8Array, isControl: boolean): void {
    if (this.#state.name !== 'recording' || stream.receiver === null) return;
    const { recording, streams } = this.#state;
    const index = streams.filter(({ receiver }) => receiver !== null).indexOf(stream);
    if (isControl) recording.control(index, data);
    else recording.packet(index, data, stream.carrier?.kind === 'ports');
  }

  /** The channel wants its place back before anything was recorded; later, the recording hears of it. */
  #sentAway(publishing: Publishing): void {
    if (this.#state.name !== 'announced') return;
    const { reason } = publishing.signal;
    const words = reason instanceof Error ? reason.message : 'the channel was stopped';
    void this.#end(null, words).then(this.#options.onEnd);
  }

  async #end(error: Error | null, reason: string): Promise<void> {
    const state = this.#state;
    this.#state = { name: 'over' };
    if (state.name !== 'announced' && state.name !== 'recording') return;
    const { claim, publishing } = state;
    if (state.name === 'recording') {
      state.recording.end(error);
      const said = `${claim.presentation}: ${claim.address} publishes no more: ${reason}`;
      this.#options.log.info({ ...facts(claim), reason }, said);
    }
    publishing.release();
    await closeCarriers(state.streams);
  }

  #refuse(status: number, reason: string): Response {
    const { log, address } = this.#options;
    log.warn({ door: 'rtsp', address, reason }, `rtsp: ${address} may not publish: ${reason}`);
    return respond(status, {}, reason);
  }

  /** An id that no channel has is not logged: people put their key there. */
  #refuseClaim(claim: Claim, code: RefusalCode, reason: string): Response {
    const known = code === 'unknown-channel' ? { door: 'rtsp', address: claim.address } : facts(claim);
    this.#options.log.warn({ ...known, reason }, `rtsp: ${claim.address} may not publish: ${reason}`);
    if (code === 'wrong-key') return unauthorized(reason);
    return respond(code === 'unknown-channel' ? 404 : 403, {}, reason);
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

const facts = ({ door, presentation, address }: Claim) => ({ door, presentation, address });

/** A key is kept as a hash alone, with which no Digest can be checked, so only Basic is offered (RFC 7617). */
const unauthorized = (reason: string) =>
  respond(401, { 'WWW-Authenticate': 'Basic realm="headwater"' }, reason);

function wrongSession({ headers }: Request, session: string): Response | null {
  const said = headers.get('session')?.split(';')[0]?.trim();
  return said === undefined || said === session ? null : respond(454);
}
