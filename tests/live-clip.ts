import { Demuxer } from '../media/isobmff/demuxer.ts';
import type { Sample } from '../media/sample.ts';
import { toSeconds } from '../media/time.ts';
import { LiveStream } from '../origin/rtp/live/stream.ts';
import type { Piece } from '../origin/rtp/repertoire.ts';
import type { Clock } from '../runtime/clock.ts';
import { PresentationId, TrackId } from '../wire/ids.ts';
import { AAC, FRAGMENTED, ffmpeg, H264, testSignal } from './clip.ts';

type Due = { readonly index: number; readonly sample: Sample; readonly at: number };

/** Something live that is given as much as a test wants: three seconds of a test picture and a tone, in a loop. */
export class LiveClip {
  readonly stream: LiveStream;
  readonly piece: Extract<Piece, { kind: 'live' }>;
  readonly #due: readonly Due[];
  readonly #scales: readonly number[];
  #next = 0;
  wanted = 0;

  private constructor(stream: LiveStream, due: readonly Due[], scales: readonly number[]) {
    this.stream = stream;
    this.#due = due;
    this.#scales = scales;
    const want = () => {
      this.wanted += 1;
    };
    this.piece = {
      kind: 'live',
      id: PresentationId.parse('live'),
      title: 'Live',
      stream,
      isProtected: false,
      want,
    };
  }

  static async open(clock: Clock, size = '64x48'): Promise<LiveClip> {
    const bytes = await ffmpeg(...testSignal(3, size), ...H264, ...AAC, ...FRAGMENTED);
    const events = new Demuxer().push(bytes);
    const movies = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
    const runs = events.flatMap((event) => (event.kind === 'samples' ? event.runs : []));
    const due = movies.flatMap(({ id, timescale }, index) =>
      runs
        .flatMap(({ trackId, samples }) => (trackId === id ? samples : []))
        .map((sample) => ({ index, sample, at: toSeconds(sample.dts, timescale) })),
    );
    const stream = new LiveStream(clock);
    const ids = ['v48', 'a1'].map((id) => TrackId.parse(id));
    stream.open(movies.flatMap((movie, index) => (ids[index] ? [{ id: ids[index], movie }] : [])));
    return new LiveClip(
      stream,
      due.toSorted((a, b) => a.at - b.at),
      movies.map(({ timescale }) => timescale),
    );
  }

  /** Goes on by so many samples. */
  give(count: number): void {
    for (let given = 0; given < count; given++) {
      const round = Math.floor(this.#next / this.#due.length);
      const one = this.#due[this.#next % this.#due.length];
      this.#next += 1;
      if (one === undefined) return;
      const shift = round * 3 * (this.#scales[one.index] ?? 1);
      this.stream.take(one.index, [{ ...one.sample, dts: one.sample.dts + shift }]);
    }
  }
}
