import { type ChunkHeader, HEADER_MAX_BYTES, headerBytes, readHeader } from './chunk-header.ts';
import { MalformedRtmp } from './malformed.ts';
import { type Message, readNumber, TYPES } from './message.ts';

/** Before a publisher is let in: `connect` and its like are smaller by far. */
export const COMMAND_MAX_BYTES = 16 * 1024;

/** Afterwards: a key frame of 4K video at 100 Mb/s is below 4 MiB. */
export const MEDIA_MAX_BYTES = 8 * 1024 * 1024;

/** Encoders use up to eight at a time. */
const CHUNK_STREAMS_MAX = 32;

/** "The default chunk size is 128 bytes"; it has 24 bits in effect, since no message is longer (§5.4.1). */
const CHUNK_SIZE = 128;
const CHUNK_SIZE_MAX = 0xff_ff_ff;

/** What a chunk stream remembers of its last header, and the message that is on its way. */
type ChunkStream = {
  timestamp: number;
  delta: number;
  isExtended: boolean;
  length: number;
  type: number;
  streamId: number;
  payload: Uint8Array | null;
  filled: number;
};

/**
 * Puts messages together from chunks (Adobe RTMP 1.0 §5.3), however the bytes come. It holds what is on its way, and
 * no more than two of the largest messages of that. What it throws is a MalformedRtmp.
 */
export class ChunkReader {
  readonly #streams = new Map<number, ChunkStream>();
  readonly #header = new Uint8Array(HEADER_MAX_BYTES);
  #headerLength = 0;
  #chunkSize = CHUNK_SIZE;
  #maxBytes = COMMAND_MAX_BYTES;
  /** Bytes of all messages that are on their way. */
  #pending = 0;
  /** The chunk whose payload comes next. */
  #chunk: { readonly stream: ChunkStream; left: number } | null = null;

  /** Larger messages may come from now on. */
  takeMedia(): void {
    this.#maxBytes = MEDIA_MAX_BYTES;
  }

  /** Bytes kept for messages that are not whole. */
  get pending(): number {
    return this.#pending;
  }

  /** Takes the next bytes; gives the messages that they complete, one when it is asked for. */
  *push(bytes: Uint8Array): Generator<Message> {
    let at = 0;
    while (at < bytes.length) {
      if (this.#chunk === null) {
        this.#takeHeader(bytes[at] ?? 0);
        at += 1;
      } else {
        at += this.#takePayload(bytes.subarray(at));
      }
      const message = this.#whole();
      if (message !== null) yield message;
    }
  }

  #takeHeader(byte: number): void {
    this.#header[this.#headerLength] = byte;
    this.#headerLength += 1;
    const isExtended = (id: number) => this.#streams.get(id)?.isExtended ?? false;
    if (headerBytes(this.#header, this.#headerLength, isExtended) > this.#headerLength) return;
    const header = readHeader(this.#header, this.#headerLength);
    this.#headerLength = 0;
    const stream = this.#streamOf(header);
    const isNext = header.format === 3 && stream.payload !== null;
    if (!isNext) this.#begin(stream, header);
    this.#chunk = { stream, left: Math.min(this.#chunkSize, stream.length - stream.filled) };
  }

  #streamOf({ chunkStream, format }: ChunkHeader): ChunkStream {
    const known = this.#streams.get(chunkStream);
    if (known !== undefined) return known;
    if (format !== 0 && format !== 1) throw new MalformedRtmp('chunk', 'goes on with nothing');
    if (this.#streams.size === CHUNK_STREAMS_MAX)
      throw new MalformedRtmp('chunk', `more than ${CHUNK_STREAMS_MAX} chunk streams`);
    const fresh = { timestamp: 0, delta: 0, isExtended: false, length: 0, type: 0, streamId: 0 };
    const stream: ChunkStream = { ...fresh, payload: null, filled: 0 };
    this.#streams.set(chunkStream, stream);
    return stream;
  }

  /** The first chunk of a message. One that was on its way is given up. */
  #begin(stream: ChunkStream, header: ChunkHeader): void {
    this.#drop(stream);
    const { format, time, length, type, streamId } = header;
    // "If a Type 3 chunk follows a Type 0 chunk", the difference is the time of the latter (§5.3.1.2.4).
    stream.delta = time ?? stream.delta;
    stream.timestamp = (format === 0 ? stream.delta : stream.timestamp + stream.delta) >>> 0;
    if (format !== 3) stream.isExtended = header.isExtended;
    stream.length = length ?? stream.length;
    stream.type = type ?? stream.type;
    stream.streamId = streamId ?? stream.streamId;
    const pending = this.#pending + stream.length;
    if (stream.length > this.#maxBytes || pending > 2 * this.#maxBytes)
      throw new MalformedRtmp('chunk', `a message of ${stream.length} bytes, at most ${this.#maxBytes}`);
    this.#pending = pending;
    stream.payload = new Uint8Array(stream.length);
  }

  #takePayload(bytes: Uint8Array): number {
    const chunk = this.#chunk;
    if (chunk === null) return 0;
    const { stream } = chunk;
    const taken = bytes.subarray(0, chunk.left);
    stream.payload?.set(taken, stream.filled);
    stream.filled += taken.length;
    chunk.left -= taken.length;
    return taken.length;
  }

  /** The message whose last byte came, if it is one for others; ends the chunk. */
  #whole(): Message | null {
    const chunk = this.#chunk;
    if (chunk === null || chunk.left > 0) return null;
    this.#chunk = null;
    const { stream } = chunk;
    const { payload, type, streamId, timestamp } = stream;
    if (payload === null || stream.filled < stream.length) return null;
    this.#drop(stream);
    return this.#control({ type, streamId, timestamp, payload });
  }

  /** §5.4: two messages are for this reader. */
  #control(message: Message): Message | null {
    if (message.type === TYPES.setChunkSize) this.#setChunkSize(readNumber(message));
    else if (message.type === TYPES.abort) this.#abort(readNumber(message));
    else return message;
    return null;
  }

  #setChunkSize(size: number): void {
    if (size === 0 || size > 0x7fff_ffff) throw new MalformedRtmp('chunk size', String(size));
    this.#chunkSize = Math.min(size, CHUNK_SIZE_MAX);
  }

  #abort(chunkStream: number): void {
    const stream = this.#streams.get(chunkStream);
    if (stream !== undefined) this.#drop(stream);
  }

  #drop(stream: ChunkStream): void {
    if (stream.payload !== null) this.#pending -= stream.payload.length;
    stream.payload = null;
    stream.filled = 0;
  }
}
