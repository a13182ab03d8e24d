import { OPUS_RATE } from '../../media/codecs/opus-stream.ts';
import * as SampleEntry from '../../media/codecs/sample-entry.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import { PacketStream } from '../../media/rtp/packet-stream.ts';
import type { Payload } from '../../media/rtp/packetizer.ts';
import type { Milliseconds, Seconds } from '../../media/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { PresentationId, TrackId } from '../../wire/ids.ts';
import { Backoff } from '../ingest/backoff.ts';
import type { Feed } from '../packaging/feed.ts';
import type { StreamTrack } from '../rtp/live/receiver.ts';
import { type LiveStream, REPORT_EVERY_MS } from '../rtp/live/stream.ts';
import { encodeWith } from '../transcode/encoder.ts';
import { opusArgs } from './opus-command.ts';
import { SoundSource } from './sound-source.ts';

/** Opus over RTP (RFC 7587 §4.2): stereo, whatever it is made of. */
export const OPUS: Payload = {
  kind: 'audio',
  clockRate: OPUS_RATE,
  marksEnd: false,
  format: {
    payloadType: 97,
    encoding: { name: 'opus', clockRate: OPUS_RATE, channels: 2 },
    parameters: new Map(),
  },
};

export type OpusOptions = {
  readonly presentation: PresentationId;
  readonly stream: LiveStream;
  readonly track: TrackId;
  readonly clock: Clock;
  readonly log: Log;
  /** How many are being made. */
  readonly counts: { sounds: number };
};

/** Who hears it. What it is called with must neither wait nor throw. */
export type Listener = {
  readonly take: (packets: readonly Uint8Array[]) => void;
  /** RTCP: with the first packets, and about every 5 s. */
  readonly control: (report: Uint8Array) => void;
  /** Told once: there is no sound any more. */
  readonly end: (reason: string) => void;
};

/**
 * While ffmpeg starts, sound piles up: what comes out this much later than it went in is dropped until that is made up
 * for, since players would stay as far behind. On a machine that is too slow it is sent all the same, after a second.
 */
const BEHIND_MAX: Seconds = 0.08;
const DROPPED_MAX = 100;

/** A run of ffmpeg that was shorter than this is not followed by another at once. */
const SHORT_RUN_MS: Milliseconds = 1_000;

/**
 * The sound of a live channel in Opus, which is what browsers take: made by ffmpeg, once for all who hear it, and not
 * at all while nobody does. It stays in time with the pictures: both are on the stream's timeline.
 */
export class OpusSound {
  readonly #options: OpusOptions;
  readonly #sender: PacketStream;
  readonly #cname = crypto.randomUUID();
  /** With whether they had a report already. */
  readonly #listeners = new Map<Listener, boolean>();
  #turn: AbortController | null = null;

  constructor(options: OpusOptions) {
    this.#options = options;
    const [ssrc = 0, sequence = 0, timestamp = 0] = crypto.getRandomValues(new Uint32Array(3));
    this.#sender = new PacketStream({ payload: OPUS, ssrc, sequence: sequence & 0xffff, timestamp });
  }

  /** Lets a listener hear it. What it returns makes it leave; with the last one the work ends. */
  join(listener: Listener): () => void {
    this.#listeners.set(listener, false);
    if (this.#turn === null) {
      this.#turn = new AbortController();
      void this.#work(this.#turn.signal);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  #stop(): void {
    this.#turn?.abort();
    this.#turn = null;
  }

  /** Runs ffmpeg again and again, until nobody listens. */
  async #work(signal: AbortSignal): Promise<void> {
    const { clock, log, presentation } = this.#options;
    const backoff = new Backoff();
    const stopReports = clock.every(REPORT_EVERY_MS, () => this.#report());
    while (!signal.aborted) {
      const track = this.#track;
      if (track === null) {
        this.#end('the sound of the channel ended');
        break;
      }
      const startedMs = clock.now();
      const reason = await this.#run(track, signal).catch((error: Error) => error.message);
      const ranMs = clock.now() - startedMs;
      if (signal.aborted || (reason === null && ranMs > SHORT_RUN_MS)) continue;
      log.warn(
        { presentation, reason },
        `${presentation}: Opus of its sound broke off: ${reason ?? 'its clock jumps'}`,
      );
      backoff.ran(ranMs);
      await backoff.wait(signal);
    }
    stopReports();
  }

  get #track(): StreamTrack | null {
    const { stream, track } = this.#options;
    return stream.tracks.find(({ id }) => id === track) ?? null;
  }

  /** One run of ffmpeg, over as much as follows one another. Null when it may go on with another at once. */
  async #run(track: StreamTrack, signal: AbortSignal): Promise<string | null> {
    const source = new SoundSource(track);
    const leave = this.#options.stream.join([track.id], {
      take: (batch) => source.take(batch),
      control: () => {},
      end: () => source.end(),
    });
    this.#options.counts.sounds += 1;
    try {
      const encoder = await encodeWith(opusArgs(), source.feed);
      const stop = () => {
        leave();
        void encoder.stop();
      };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      try {
        await this.#send(encoder.output, source);
        const ending = await encoder.ending;
        return ending.kind === 'broken' ? ending.reason : null;
      } finally {
        signal.removeEventListener('abort', stop);
        await encoder.stop();
      }
    } finally {
      this.#options.counts.sounds -= 1;
      leave();
    }
  }

  async #send(output: Feed, source: SoundSource): Promise<void> {
    let preSkip = 0;
    let mayDrop = DROPPED_MAX;
    for await (const event of output) {
      if (event.kind === 'movie') preSkip = preSkipOf(event.tracks);
      else
        for (const { data, dts } of event.runs.flatMap(({ samples }) => samples)) {
          const at = source.startsAt + (dts - preSkip) / OPUS_RATE;
          mayDrop = source.at - at > BEHIND_MAX ? mayDrop - 1 : 0;
          if (mayDrop <= 0) this.#deliver(data, at);
        }
    }
  }

  #deliver(data: Uint8Array, at: Seconds): void {
    const packets = this.#sender.write([data], at);
    for (const [listener, hasReport] of this.#listeners) {
      if (!hasReport) listener.control(this.#reportNow());
      this.#listeners.set(listener, true);
      listener.take(packets);
    }
  }

  #report(): void {
    const report = this.#reportNow();
    for (const [listener, hasReport] of this.#listeners) if (hasReport) listener.control(report);
  }

  #reportNow(): Uint8Array {
    const { clock, stream } = this.#options;
    return this.#sender.report(clock.now(), stream.atSeconds, this.#cname);
  }

  #end(reason: string): void {
    const listeners = [...this.#listeners.keys()];
    this.#listeners.clear();
    this.#stop();
    for (const listener of listeners) listener.end(reason);
  }
}

/** Samples before the first that was given to the encoder: `PreSkip` of its `dOps`. */
function preSkipOf([track]: readonly MovieTrack[]): number {
  const dOps = track && SampleEntry.read(track.sampleEntry)?.configuration;
  return dOps ? ((dOps[2] ?? 0) << 8) | (dOps[3] ?? 0) : 0;
}
