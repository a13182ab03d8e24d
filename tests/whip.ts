import { describe } from '../media/codecs/sample-entry.ts';
import { writeChunk } from '../media/isobmff/chunk.ts';
import type { Demuxed } from '../media/isobmff/demuxer.ts';
import { type NumberedTrack, writeMovie } from '../media/isobmff/init.ts';
import type { MovieTrack } from '../media/isobmff/movie.ts';
import { join } from '../media/join.ts';
import type { Sample } from '../media/sample.ts';
import type { Admission, Claim } from '../origin/ingest/door.ts';
import { openWhip, type WhipOptions } from '../origin/ingest/whip/routes.ts';
import { Durations } from '../origin/packaging/durations.ts';
import { systemClock } from '../runtime/clock.ts';
import { listen } from '../runtime/http.ts';
import { quiet } from './quiet.ts';

export const KEY = 'a-key-for-the-test';

/** What a channel of the test was given in one feed. */
export class Recording {
  tracks: readonly MovieTrack[] = [];
  readonly samples = new Map<number, Sample[]>();
  /** Why the feed broke off; null while it runs, or when it ended well. */
  error: string | null = null;
  isOver = false;
  #changed = Promise.withResolvers<void>();

  add(event: Demuxed): void {
    if (event.kind === 'movie') this.tracks = event.tracks;
    else
      for (const { trackId, samples } of event.runs) {
        this.samples.set(trackId, [...(this.samples.get(trackId) ?? []), ...samples]);
      }
    this.#tell();
  }

  end(error: string | null): void {
    this.error = error;
    this.isOver = true;
    this.#tell();
  }

  /** Resolves once it is so. */
  async until(isSo: (recording: Recording) => boolean): Promise<void> {
    while (!isSo(this)) await this.#changed.promise;
  }

  seconds(trackId: number): number {
    const all = this.samples.get(trackId) ?? [];
    const timescale = this.tracks.find(({ id }) => id === trackId)?.timescale ?? 1;
    return ((all.at(-1)?.dts ?? 0) - (all[0]?.dts ?? 0)) / timescale;
  }

  /** A fragmented MP4 of all that came, with durations as the packager makes them. */
  file(): Uint8Array {
    const numbered = this.tracks.flatMap((track) => numberedTrack(track) ?? []);
    const chunks = this.tracks.flatMap(({ id }, index) => {
      const durations = new Durations();
      const samples = (this.samples.get(id) ?? []).flatMap((sample) => durations.push(sample) ?? []);
      const time = samples[0]?.dts ?? 0;
      return [writeChunk({ sequence: index + 1, time, samples, opensSegment: false, trackId: id })];
    });
    return join([writeMovie(numbered), ...chunks]);
  }

  #tell(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }
}

function numberedTrack({ id, timescale, sampleEntry }: MovieTrack): NumberedTrack | null {
  const description = describe(sampleEntry);
  if (description === null) return null;
  const { width, height } = description.kind === 'video' ? description : { width: 0, height: 0 };
  return { id, kind: description.kind, timescale, mediaTime: 0, sampleEntry, width, height, language: 'und' };
}

export type Door = {
  readonly url: string;
  readonly claims: readonly Claim[];
  readonly recordings: readonly Recording[];
  /** The recording of the next feed. */
  readonly next: () => Promise<Recording>;
  /** Sends the publisher away. */
  readonly dismiss: (reason: string) => void;
  readonly close: () => Promise<void>;
};

/** A WHIP door on a free port, in front of one channel named `studio`. */
export async function openDoor(options: Partial<WhipOptions> = {}): Promise<Door> {
  const claims: Claim[] = [];
  const recordings: Recording[] = [];
  let waiting: ((recording: Recording) => void)[] = [];
  let held: AbortController | null = null;
  const admit = (claim: Claim): Admission => {
    claims.push(claim);
    if (claim.presentation !== 'studio')
      return {
        kind: 'refused',
        code: 'unknown-channel',
        reason: `there is no channel ${claim.presentation}`,
      };
    if (claim.key !== KEY)
      return { kind: 'refused', code: 'wrong-key', reason: 'this is not the key of studio' };
    if (held !== null) return { kind: 'refused', code: 'taken', reason: 'studio is published already' };
    const controller = new AbortController();
    held = controller;
    const take = async (feed: AsyncIterable<Demuxed>) => {
      const recording = new Recording();
      recordings.push(recording);
      for (const resolve of waiting) resolve(recording);
      waiting = [];
      try {
        for await (const event of feed) recording.add(event);
        recording.end(null);
      } catch (error) {
        recording.end(error instanceof Error ? error.message : String(error));
      }
    };
    const release = () => {
      if (held === controller) held = null;
    };
    return { kind: 'admitted', publishing: { signal: controller.signal, take, release } };
  };
  const whip = openWhip({
    admit,
    log: quiet,
    clock: systemClock,
    keyFrameMs: 2_000,
    maxBitsPerSecond: 2_500_000,
    publicAddresses: [],
    udpPorts: null,
    iceServers: [],
    ...options,
  });
  const listener = await listen({ port: 0, hostname: '::', portSetting: '', fetch: whip.routes.fetch });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    claims,
    recordings,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    dismiss: (reason) => held?.abort(new Error(reason)),
    close: async () => {
      whip.close();
      await listener.close();
    },
  };
}
