import { kindOf, readAggregate, type Tag } from '../flv/tag.ts';
import { ChunkReader } from './chunk-reader.ts';
import {
  acknowledgement,
  type Command,
  connected,
  pong,
  readCommand,
  result,
  STREAM_ID,
  status,
  streamBegins,
  WINDOW_BYTES,
} from './command.ts';
import { Handshake } from './handshake.ts';
import { type Message, readNumber, TYPES } from './message.ts';

/** What a publisher's bytes come to. */
export type ServerEvent =
  /** Bytes for the publisher. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  /** It wants to publish; `admit` or `refuse` answers. */
  | { readonly kind: 'publish'; readonly app: string; readonly name: string }
  | { readonly kind: 'tag'; readonly tag: Tag }
  /** It is done. */
  | { readonly kind: 'end' }
  /** It asked for something that is not done here, and was told so: the connection is to be closed. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Metadata is below this; larger data messages are let pass unread. */
const DATA_MAX_BYTES = 64 * 1024;

/** A window that a client asks for is not taken below this: each acknowledgement costs a write. */
const WINDOW_MIN_BYTES = 64 * 1024;

/** Why a player is sent away. */
const NO_PLAYING = 'this address is for publishing only: watch at /play/<channel>';

type State =
  | { readonly name: 'shaking-hands'; readonly handshake: Handshake }
  | { readonly name: 'connected' }
  | { readonly name: 'publishing' };

/**
 * The server's side of one RTMP connection (Adobe RTMP 1.0 §7.2), for publishers. Bytes in, events out; it writes and
 * waits for nothing itself.
 */
export class Server {
  readonly #chunks = new ChunkReader();
  #state: State;
  #app = '';
  /** Bytes taken since the handshake, and how many of them the client was told of. */
  #taken = 0;
  #told = 0;
  #window = WINDOW_BYTES;

  /** Takes `RANDOM_BYTES` random bytes for the handshake. */
  constructor(random: Uint8Array) {
    this.#state = { name: 'shaking-hands', handshake: new Handshake(random) };
  }

  /**
   * Takes the next bytes; gives what they come to, one by one, so that each can be answered before the next is read.
   * Throws MalformedRtmp or MalformedFlv.
   */
  *push(bytes: Uint8Array): Generator<ServerEvent> {
    const rest =
      this.#state.name === 'shaking-hands' ? yield* this.#shake(this.#state.handshake, bytes) : bytes;
    this.#taken += rest.length;
    if (this.#taken - this.#told >= this.#window) {
      this.#told = this.#taken;
      yield { kind: 'reply', bytes: acknowledgement(this.#taken) };
    }
    for (const message of this.#chunks.push(rest)) yield* this.#take(message);
  }

  /** Bytes that are kept for messages that are not whole. */
  get pending(): number {
    return this.#chunks.pending;
  }

  /** Lets the publisher begin; gives what to send. */
  admit(): readonly Uint8Array[] {
    this.#state = { name: 'publishing' };
    this.#chunks.takeMedia();
    const code = 'NetStream.Publish.Start';
    return [streamBegins(), status(STREAM_ID, { level: 'status', code, description: 'publishing' })];
  }

  /** Says why it may not publish, or may not go on; gives what to send. */
  refuse(description: string): Uint8Array {
    return status(STREAM_ID, { level: 'error', code: 'NetStream.Publish.BadName', description });
  }

  *#shake(handshake: Handshake, bytes: Uint8Array): Generator<ServerEvent, Uint8Array> {
    const { reply, rest } = handshake.push(bytes);
    if (reply !== null) yield { kind: 'reply', bytes: reply };
    if (rest !== null) this.#state = { name: 'connected' };
    return rest ?? new Uint8Array(0);
  }

  *#take(message: Message): Generator<ServerEvent> {
    switch (message.type) {
      case TYPES.command:
      case TYPES.command3:
        yield* this.#obey(readCommand(message));
        break;
      case TYPES.windowSize:
        this.#window = Math.max(WINDOW_MIN_BYTES, readNumber(message));
        break;
      case TYPES.userControl: {
        const answer = pong(message);
        if (answer !== null) yield { kind: 'reply', bytes: answer };
        break;
      }
      default:
        if (this.#state.name === 'publishing') yield* this.#media(message);
    }
  }

  *#media({ type, timestamp, payload }: Message): Generator<ServerEvent> {
    if (type === TYPES.aggregate) {
      for (const tag of readAggregate(payload, timestamp)) yield { kind: 'tag', tag };
      return;
    }
    const isData3 = type === TYPES.data3;
    const kind = isData3 ? 'data' : kindOf(type);
    if (kind === null || (kind === 'data' && payload.length > DATA_MAX_BYTES)) return;
    yield { kind: 'tag', tag: { kind, timestamp, body: isData3 ? payload.subarray(1) : payload } };
  }

  *#obey(command: Command): Generator<ServerEvent> {
    const { name, transaction, values } = command;
    switch (name) {
      case 'connect':
        this.#app = appOf(values[0]);
        for (const bytes of connected(transaction)) yield { kind: 'reply', bytes };
        break;
      case 'createStream':
        yield { kind: 'reply', bytes: result(transaction, STREAM_ID) };
        break;
      case 'releaseStream':
      case 'FCPublish':
      case 'getStreamLength':
        yield { kind: 'reply', bytes: result(transaction) };
        break;
      case 'publish':
        yield* this.#publish(values[1]);
        break;
      case 'play':
      case 'play2':
        yield* this.#refusePlaying(command);
        break;
      case 'FCUnpublish':
      case 'closeStream':
      case 'deleteStream':
        if (this.#state.name === 'publishing') yield { kind: 'end' };
        break;
    }
  }

  *#publish(name: unknown): Generator<ServerEvent> {
    if (this.#state.name === 'publishing') {
      yield { kind: 'reply', bytes: this.refuse('this connection publishes already') };
      return;
    }
    yield { kind: 'publish', app: this.#app, name: typeof name === 'string' ? name : '' };
  }

  *#refusePlaying({ streamId }: Command): Generator<ServerEvent> {
    const code = 'NetStream.Play.Failed';
    yield { kind: 'reply', bytes: status(streamId, { level: 'error', code, description: NO_PLAYING }) };
    yield { kind: 'refused', reason: NO_PLAYING };
  }
}

/** `app` of the command object (§7.2.1.1). */
function appOf(object: unknown): string {
  const isObject = typeof object === 'object' && object !== null;
  return isObject && 'app' in object && typeof object.app === 'string' ? object.app : '';
}
