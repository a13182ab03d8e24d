import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { RtpOutput } from '../../../wire/rtp-output.ts';
import type { RtpCounts } from '../counts.ts';
import type { StreamTrack } from '../live/receiver.ts';
import type { LiveStream } from '../live/stream.ts';
import { pickTracks } from '../pick.ts';
import { bareCarrier, type Carrier, transportCarrier } from './carriers.ts';
import { describePush } from './description.ts';
import { PushLine } from './line.ts';

/** How long an address waits that can't be sent to, or has no such tracks. */
const RETRY_MS: Milliseconds = 5_000;

export type PushOptions = {
  readonly title: string;
  readonly clock: Clock;
  /** Counts with others; by default alone. */
  readonly counts?: RtpCounts;
  /** Told what is sent from now on, as SDP; null when nothing is. */
  readonly onDescribed: (sdp: string | null) => void;
  /** Told why nothing can be sent, each time that this is tried. */
  readonly onRefused: (problem: string) => void;
};

/** A live stream on its way to one address, whenever it is on air. */
export class Push {
  readonly #output: RtpOutput;
  readonly #stream: LiveStream;
  readonly #options: PushOptions;
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;

  constructor(output: RtpOutput, stream: LiveStream, options: PushOptions) {
    this.#output = output;
    this.#stream = stream;
    this.#options = options;
    this.#ended = this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      const tracks = await this.#stream.ready(signal);
      if (tracks === null) return;
      const problem = await this.#send(tracks).catch(wordsOf);
      this.#options.onDescribed(null);
      if (problem !== null) await this.#waitAfter(problem);
    }
  }

  /** Resolves when the stream has ended or is another one; with a problem when it can't be sent. */
  async #send(tracks: readonly StreamTrack[]): Promise<string | null> {
    const picked = pickTracks(tracks, this.#output);
    if (picked.kind === 'refused') return picked.reason;
    const own = picked.tracks.flatMap((id) => tracks.find((track) => track.id === id) ?? []);
    const carrier = this.#carry(own);
    if (carrier === null) return 'MPEG-TS carries H.264, AAC and MP3 only';
    const line = await PushLine.open(this.#output, this.#options.counts);
    try {
      await this.#join(own, carrier, line);
    } finally {
      await line.close();
    }
    return null;
  }

  #carry(tracks: readonly StreamTrack[]): Carrier | null {
    if (this.#output.container === 'rtp') return bareCarrier(tracks, this.#output);
    const ids = tracks.map(({ id }) => id);
    return transportCarrier(this.#stream, ids, this.#output, this.#options.clock);
  }

  async #join(tracks: readonly StreamTrack[], carrier: Carrier, line: PushLine): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock, title, onDescribed } = this.#options;
    const { signal } = this.#closing;
    const ids = tracks.map(({ id }) => id);
    const leave = this.#stream.join(ids, { ...carrier.receive(line), end: () => resolve() });
    onDescribed(describePush({ title, output: this.#output, media: carrier.media, atMs: clock.now() }));
    const stop = () => resolve();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) resolve();
    await promise;
    signal.removeEventListener('abort', stop);
    leave();
  }

  async #waitAfter(problem: string): Promise<void> {
    this.#options.onRefused(problem);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, RETRY_MS);
    const stop = () => resolve();
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    await promise;
    this.#closing.signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
