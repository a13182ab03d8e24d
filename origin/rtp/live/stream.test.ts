import { beforeAll, describe, expect, test } from 'bun:test';
import { Demuxer } from '../../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import { readPacket } from '../../../media/rtp/packet-reader.ts';
import { readControl } from '../../../media/rtp/rtcp.ts';
import { presentationTime, type Sample } from '../../../media/sample.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { AAC, FRAGMENTED, ffmpeg, H264, testSignal } from '../../../tests/clip.ts';
import { TrackId } from '../../../wire/ids.ts';
import { type Batch, LiveStream, REPORT_EVERY_MS } from './stream.ts';

const V = TrackId.parse('v48');
const A = TrackId.parse('a1');
const IDS = [V, A] as const;

type Clip = { readonly movies: readonly MovieTrack[]; readonly samples: readonly (readonly Sample[])[] };

let clip: Clip;
let larger: Clip;

beforeAll(async () => {
  clip = await makeClip('64x48');
  larger = await makeClip('96x64');
});

/** Three seconds, with B-frames and a key frame a second. */
async function makeClip(size: string): Promise<Clip> {
  const bytes = await ffmpeg(...testSignal(3, size), ...H264, ...AAC, ...FRAGMENTED);
  const events = new Demuxer().push(bytes);
  const movies = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  const runs = events.flatMap((event) => (event.kind === 'samples' ? event.runs : []));
  const samplesOf = ({ id }: MovieTrack) =>
    runs.flatMap(({ trackId, samples }) => (trackId === id ? samples : []));
  return { movies, samples: movies.map(samplesOf) };
}

/** A clock that is moved; that calls what is due once for each time that it is. */
class Hands implements Clock {
  #now = 1_000_000;
  #due: { at: number; period: number; work: () => void }[] = [];
  readonly now = () => this.#now;
  readonly every = (period: number, work: () => void) => {
    const one = { at: this.#now + period, period, work };
    this.#due.push(one);
    return () => {
      this.#due = this.#due.filter((other) => other !== one);
    };
  };

  get waiting(): number {
    return this.#due.length;
  }

  move(ms: number): void {
    this.#now += ms;
    for (const one of this.#due) {
      for (; one.at <= this.#now; one.at += one.period) one.work();
    }
  }
}

class Hearer {
  readonly batches: Batch[] = [];
  readonly controls: { track: TrackId; packet: Uint8Array; after: number }[] = [];
  readonly ends: string[] = [];
  readonly take = (batch: Batch) => this.batches.push(batch);
  readonly control = (track: TrackId, packet: Uint8Array) =>
    this.controls.push({ track, packet, after: this.batches.length });
  readonly end = (reason: string) => this.ends.push(reason);

  of(track: TrackId): readonly Batch[] {
    return this.batches.filter((batch) => batch.track === track);
  }

  packets(track: TrackId) {
    return this.of(track)
      .flatMap(({ packets }) => packets)
      .map((bytes) => readPacket(bytes) ?? { sequence: -1, timestamp: -1, ssrc: -1 });
  }
}

const named = ({ movies }: Clip) => movies.map((movie, index) => ({ id: IDS[index] ?? V, movie }));

/** Plays samples of both tracks in the order of their decode times, from one time to another. */
function play(stream: LiveStream, clock: Hands, { movies, samples }: Clip, from = 0, to = 3): void {
  const all = samples.flatMap((own, index) =>
    own.map((sample) => ({ index, sample, at: sample.dts / (movies[index]?.timescale ?? 1) })),
  );
  const start = clock.now();
  for (const { index, sample, at } of all.toSorted((a, b) => a.at - b.at)) {
    if (at < from || at >= to) continue;
    clock.move(Math.max(0, start + (at - from) * 1_000 - clock.now()));
    stream.take(index, [sample]);
  }
}

function open() {
  const clock = new Hands();
  const stream = new LiveStream(clock);
  stream.open(named(clip));
  return { clock, stream };
}

describe('a live stream', () => {
  test('says what can be asked for while it is on air', () => {
    const { stream } = open();
    expect(stream.tracks.map(({ id, kind, clockRate }) => [id, kind, clockRate])).toEqual([
      [V, 'video', 90_000],
      [A, 'audio', 48_000],
    ]);
    stream.rest();
    expect(stream.tracks).toEqual([]);
  });

  test('packetises nothing for nobody', () => {
    const { stream, clock } = open();
    const before = stream.next(V);
    play(stream, clock, clip);
    expect(stream.next(V)?.sequence).toBe(before?.sequence);
    expect(clock.waiting).toBe(0);
  });

  test('sends each sample once, in order and without gaps, with the time at which it is shown', () => {
    const { stream, clock } = open();
    const hearer = new Hearer();
    stream.join(IDS, hearer);
    play(stream, clock, clip);
    for (const [index, track] of IDS.entries()) {
      const own = clip.samples[index] ?? [];
      const timescale = clip.movies[index]?.timescale ?? 1;
      const heard = hearer.of(track);
      const shown = own.slice(1).map((sample) => presentationTime(sample) / timescale);
      // The first sample of a track of ffmpeg has no true time, and sound before the first picture is left out.
      const last = heard.slice(-20).map(({ atSeconds }) => atSeconds);
      const wanted = shown.slice(-20).map((at) => at - (shown.at(-20) ?? 0) + (last[0] ?? 0));
      expect(heard.length).toBeGreaterThan(own.length - 8);
      for (const [at, seconds] of last.entries()) expect(seconds).toBeCloseTo(wanted[at] ?? -1, 6);
      const sequences = hearer.packets(track).map(({ sequence }) => sequence);
      const start = sequences[0] ?? 0;
      expect(sequences).toEqual(sequences.map((_, count) => (start + count) % 65_536));
    }
  });

  test('starts with a key frame, and with sound from then on', () => {
    const { stream, clock } = open();
    play(stream, clock, clip, 0, 1.5);
    const hearer = new Hearer();
    stream.join(IDS, hearer);
    play(stream, clock, clip, 1.5, 3);
    const [first] = hearer.batches;
    expect(first).toMatchObject({ track: V, sync: true });
    const sound = hearer.of(A).map(({ atSeconds }) => atSeconds);
    expect(sound.length).toBeGreaterThan(10);
    expect(Math.min(...sound)).toBeGreaterThanOrEqual(first?.atSeconds ?? Number.POSITIVE_INFINITY);
  });

  test('gives sound alone at once', () => {
    const { stream, clock } = open();
    play(stream, clock, clip, 0, 1.5);
    const hearer = new Hearer();
    stream.join([A], hearer);
    play(stream, clock, clip, 1.5, 1.6);
    expect(hearer.batches.length).toBeGreaterThan(3);
    expect(new Set(hearer.batches.map(({ track }) => track))).toEqual(new Set([A]));
  });

  test('gives all receivers the same packets', () => {
    const { stream, clock } = open();
    const [one, other] = [new Hearer(), new Hearer()];
    stream.join(IDS, one);
    stream.join([V], other);
    play(stream, clock, clip);
    expect(other.batches.length).toBeGreaterThan(50);
    expect(other.batches.every((batch, index) => batch === one.of(V)[index])).toBe(true);
  });

  test('says what the next packet has', () => {
    const { stream, clock } = open();
    play(stream, clock, clip, 0, 1.5);
    const next = stream.next(V);
    const hearer = new Hearer();
    stream.join([V], hearer);
    play(stream, clock, clip, 1.5, 3);
    const [first] = hearer.packets(V);
    expect(first).toMatchObject({ sequence: next?.sequence, ssrc: next?.ssrc });
    const ahead = ((first?.timestamp ?? 0) - (next?.timestamp ?? 0)) | 0;
    expect(ahead).toBeGreaterThanOrEqual(0);
    expect(ahead).toBeLessThan(90_000);
  });

  test('reports with the first packets, then every 5 s, and no more when all have left', () => {
    const { stream, clock } = open();
    const hearer = new Hearer();
    const leave = stream.join([V], hearer);
    clock.move(REPORT_EVERY_MS);
    expect(hearer.controls).toEqual([]);
    play(stream, clock, clip);
    expect(hearer.controls[0]).toMatchObject({ track: V, after: 0 });
    const [report] = readControl(hearer.controls[0]?.packet ?? new Uint8Array());
    expect(report).toMatchObject({ kind: 'report', ssrc: stream.next(V)?.ssrc });
    const before = hearer.controls.length;
    clock.move(2 * REPORT_EVERY_MS);
    expect(hearer.controls.length).toBe(before + 2);
    leave();
    expect(clock.waiting).toBe(0);
  });

  test('reports a time that fits the timestamps', () => {
    const { stream, clock } = open();
    const hearer = new Hearer();
    stream.join([V], hearer);
    play(stream, clock, clip);
    clock.move(REPORT_EVERY_MS);
    const timed = hearer.controls.flatMap(({ packet }) =>
      readControl(packet).flatMap((control) => (control.kind === 'report' ? [control] : [])),
    );
    const [first, last] = [timed[0], timed.at(-1)];
    const wallMs = (last?.senderMs ?? 0) - (first?.senderMs ?? 0);
    const mediaMs = (((last?.timestamp ?? 0) - (first?.timestamp ?? 0)) >>> 0) / 90;
    expect(wallMs).toBeGreaterThan(4_000);
    expect(Math.abs(wallMs - mediaMs)).toBeLessThan(2);
  });

  test('that ends says BYE, once', () => {
    const { stream, clock } = open();
    const hearer = new Hearer();
    stream.join(IDS, hearer);
    play(stream, clock, clip);
    hearer.controls.length = 0;
    stream.close('stopped');
    const byes = hearer.controls
      .flatMap(({ packet }) => readControl(packet))
      .filter(({ kind }) => kind === 'bye');
    expect(byes.map(({ ssrc }) => ssrc)).toHaveLength(2);
    stream.close('stopped');
    expect(hearer.ends).toEqual(['stopped']);
    expect(stream.receivers).toBe(0);
  });

  test('goes on in the same RTP streams when its encoder starts anew, by the wall clock', () => {
    const { stream, clock } = open();
    const hearer = new Hearer();
    stream.join(IDS, hearer);
    play(stream, clock, clip);
    const before = hearer.packets(V);
    stream.rest();
    clock.move(7_000);
    stream.open(named(clip));
    play(stream, clock, clip);
    const packets = hearer.packets(V);
    const [last, next] = [packets[before.length - 1], packets[before.length]];
    expect(hearer.ends).toEqual([]);
    expect(next?.ssrc).toBe(last?.ssrc ?? -1);
    expect(next?.sequence).toBe(((last?.sequence ?? 0) + 1) % 65_536);
    const away = (((next?.timestamp ?? 0) - (last?.timestamp ?? 0)) >>> 0) / 90_000;
    expect(away).toBeGreaterThan(6.8);
    expect(away).toBeLessThan(7.3);
    expect(hearer.of(V).slice(-70)[0]?.atSeconds).toBeGreaterThan(9);
  });

  test('that has other formats is over for who was told of the ones before', () => {
    const { stream, clock } = open();
    const [both, sound] = [new Hearer(), new Hearer()];
    stream.join(IDS, both);
    stream.join([A], sound);
    play(stream, clock, clip);
    stream.rest();
    stream.open(named(larger));
    expect(both.ends).toHaveLength(1);
    expect(sound.ends).toEqual([]);
    const heard = sound.batches.length;
    play(stream, clock, larger);
    expect(sound.batches.length).toBeGreaterThan(heard + 10);
  });

  test('leaves out what is old when an epoch begins with what was held', () => {
    const clock = new Hands();
    const stream = new LiveStream(clock);
    const hearer = new Hearer();
    stream.join([V], hearer);
    stream.open(named(clip), clock.now() - 2_500);
    stream.take(0, clip.samples[0]?.slice(0, 62) ?? []);
    expect(hearer.batches[0]).toMatchObject({ sync: true });
    expect(hearer.batches).toHaveLength(12);
  });

  test('tells when there are tracks', async () => {
    const stream = new LiveStream(new Hands());
    const ready = stream.ready(new AbortController().signal);
    stream.open(named(clip));
    expect((await ready)?.map(({ id }) => id)).toEqual([...IDS]);
    stream.rest();
    const turn = new AbortController();
    const never = stream.ready(turn.signal);
    turn.abort();
    expect(await never).toBeNull();
  });

  test('leaves out a sample that is none, and counts it', () => {
    const { stream, clock } = open();
    const hearer = new Hearer();
    stream.join([V], hearer);
    play(stream, clock, clip, 0, 1.1);
    const [sample] = clip.samples[0] ?? [];
    if (sample === undefined) throw new Error('no sample');
    stream.take(0, [{ ...sample, dts: sample.dts + 999_999, data: Uint8Array.of(255, 255, 255, 255, 1) }]);
    expect(stream.malformed).toBe(1);
  });
});
