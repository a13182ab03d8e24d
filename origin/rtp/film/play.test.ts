import { beforeAll, describe, expect, test } from 'bun:test';
import { readControl } from '../../../media/rtp/rtcp.ts';
import type { Seconds } from '../../../media/time.ts';
import { ManualClock } from '../../../tests/manual-clock.ts';
import { type Presented, presented } from '../../../tests/presented.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Outlet } from '../outlet.ts';
import type { AskedToPlay, Prepared } from '../performance.ts';
import { FilmPlay } from './play.ts';
import { bareVoices } from './voices.ts';

const SECONDS = 12;
const FRAME: Seconds = 0.04;

let made: Presented;
beforeAll(async () => {
  made = await presented(SECONDS);
}, 60_000);

type Sent = { readonly atMs: number; readonly track: TrackId; readonly packets: readonly Uint8Array[] };

/** A film that plays to nobody: what it sends is remembered, with the time. */
class Stage {
  readonly clock = new ManualClock();
  readonly sent: Sent[] = [];
  readonly control: Uint8Array[] = [];
  isFull = false;
  ends = 0;
  readonly play: FilmPlay;

  constructor(tracks = made.film.tracks) {
    const outlet: Outlet = {
      send: (all) => this.sent.push(...all.map((one) => ({ atMs: this.clock.now(), ...one }))),
      control: (_, packet) => this.control.push(packet),
      isFull: () => this.isFull,
      forget: () => {},
      close: () => {},
    };
    const { film } = made;
    const onError = (error: unknown) => {
      throw error;
    };
    const onEnd = () => {
      this.ends += 1;
    };
    const voices = () => bareVoices(tracks);
    this.play = new FilmPlay({ film, tracks, voices, outlet, clock: this.clock, onEnd, onError });
  }

  async start(asked: Partial<AskedToPlay> = {}): Promise<Prepared | null> {
    const prepared = await this.play.prepare({ from: null, to: null, scale: 1, ...asked });
    prepared?.begin();
    return prepared;
  }

  /** Lets time go on in steps in which segments can be read. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 20) {
      this.clock.pass(20);
      await new Promise(setImmediate);
    }
  }

  samplesOf(kind: 'video' | 'audio'): readonly Sent[] {
    const id = made.film.tracks.find((track) => track.kind === kind)?.id;
    return this.sent.filter(({ track }) => track === id);
  }
}

const headOf = (packet: Uint8Array | undefined) => {
  const view = new DataView((packet ?? new Uint8Array(12)).slice().buffer);
  return { sequence: view.getUint16(2), timestamp: view.getUint32(4), ssrc: view.getUint32(8) };
};

/** Of all packets, by how much each is behind the one before it. */
const steps = (sent: readonly Sent[]) => {
  const numbers = sent.flatMap(({ packets }) => packets.map((packet) => headOf(packet).sequence));
  return new Set(numbers.slice(1).map((number, index) => (number - (numbers[index] ?? 0) + 65_536) % 65_536));
};

const timestampsOf = (sent: readonly Sent[]) => sent.map(({ packets }) => headOf(packets[0]).timestamp);

describe('a film', () => {
  test('is sent by the clock, each sample when it is decoded, and says goodbye at its end', async () => {
    const stage = new Stage();
    const prepared = await stage.start();
    expect(prepared).toMatchObject({ span: { from: 0 }, scale: 1 });
    await stage.pass(5_000);
    expect(stage.samplesOf('video')).toHaveLength(126);
    for (const [index, { atMs }] of stage.samplesOf('video').entries())
      expect(Math.abs(atMs - index * 40)).toBeLessThanOrEqual(20);
    await stage.pass(SECONDS * 1_000);
    expect(stage.samplesOf('video')).toHaveLength(SECONDS * 25);
    expect(stage.samplesOf('audio').length).toBeGreaterThan((SECONDS * 48_000) / 1_024 - 2);
    expect(steps(stage.samplesOf('video'))).toEqual(new Set([1]));
    expect(stage.ends).toBe(1);
    const byes = stage.control.slice(-2).flatMap(readControl);
    expect(byes.filter(({ kind }) => kind === 'bye')).toHaveLength(2);
  });

  test('is announced with the numbers and times that its first packets have', async () => {
    const stage = new Stage();
    const prepared = await stage.start({ from: 4 });
    await stage.pass(100);
    for (const { track, ssrc, sequence, timestamp } of prepared?.infos ?? []) {
      const first = stage.sent.find((one) => one.track === track)?.packets[0];
      const { clockRate } = made.film.tracks.find(({ id }) => id === track) ?? { clockRate: 1 };
      const head = headOf(first);
      expect({ ssrc: head.ssrc, sequence: head.sequence }).toEqual({ ssrc, sequence: sequence ?? -1 });
      // Sound begins with the first frame that is not before the pictures.
      expect(((head.timestamp - timestamp) >>> 0) / clockRate).toBeLessThan(1_024 / 48_000);
    }
  });

  test.each([
    [0, 0],
    [1.99, 0],
    [2, 2],
    [7.5, 6],
    [SECONDS - 0.5, SECONDS - 2],
  ])('that is asked for from %d s starts with the key frame at %d s', async (from, at) => {
    const stage = new Stage();
    const prepared = await stage.start({ from });
    expect(prepared?.span?.from).toBeCloseTo(at, 6);
  });

  test('does not start behind its end', async () => {
    expect(await new Stage().start({ from: SECONDS + 1 })).toBeNull();
  });

  test('goes on where it was interrupted, with the very next sample, and reads nothing meanwhile', async () => {
    const stage = new Stage();
    await stage.start();
    await stage.pass(3_000);
    stage.play.pause();
    await stage.pass(100);
    const [before, reads] = [stage.sent.length, made.reads()];
    await stage.pass(10_000);
    expect({ sent: stage.sent.length, reads: made.reads() }).toEqual({ sent: before, reads });
    const prepared = await stage.start();
    expect(prepared?.span?.from).toBeCloseTo(3, 1);
    await stage.pass(SECONDS * 1_000);
    expect(stage.samplesOf('video')).toHaveLength(SECONDS * 25);
    expect(steps(stage.samplesOf('video'))).toEqual(new Set([1]));
    expect(steps(stage.samplesOf('audio'))).toEqual(new Set([1]));
  });

  test('that is asked for to a time ends there, and can go on', async () => {
    const stage = new Stage();
    await stage.start({ from: 2, to: 4 });
    await stage.pass(4_000);
    expect(stage.samplesOf('video')).toHaveLength(50);
    expect(stage.ends).toBe(1);
    expect(stage.control.flatMap(readControl).some(({ kind }) => kind === 'bye')).toBe(false);
    expect((await stage.start())?.span?.from).toBeCloseTo(4, 6);
  });

  test('jumps: numbers go on, and times do not go back', async () => {
    const stage = new Stage();
    await stage.start({ from: 8 });
    await stage.pass(1_000);
    await stage.start({ from: 2 });
    await stage.pass(1_000);
    const video = stage.samplesOf('video');
    expect(steps(video)).toEqual(new Set([1]));
    const [first = 0, ...others] = timestampsOf(video);
    expect(others.every((timestamp) => (timestamp - first) >>> 0 < 2 ** 31)).toBe(true);
  });

  test.each([0.5, 2])('at %d times its speed shows all pictures, without sound', async (scale) => {
    const stage = new Stage();
    expect(await stage.start({ from: 2, to: 6, scale })).toMatchObject({ scale });
    await stage.pass(4_000 / scale + 200);
    expect(stage.samplesOf('video')).toHaveLength(100);
    expect(stage.samplesOf('audio')).toHaveLength(0);
    const times = timestampsOf(stage.samplesOf('video')).toSorted((a, b) => a - b);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(Math.round((FRAME * 90_000) / scale));
    expect(stage.samplesOf('video').at(-1)?.atMs).toBeGreaterThan(3_900 / scale);
  });

  test.each([
    [4, 0, [0, 2, 4, 6, 8, 10]],
    [-2, 10, [10, 8, 6, 4, 2, 0]],
    [-4, 7, [6, 4, 2, 0]],
  ])('at %d times its speed from %d s shows key frames', async (scale, from, keys) => {
    const stage = new Stage();
    expect((await stage.start({ from, scale }))?.span?.from).toBeCloseTo(keys[0] ?? 0, 6);
    await stage.pass(13_000 / Math.abs(scale));
    const video = stage.samplesOf('video');
    expect(video).toHaveLength(keys.length);
    for (const [index, { atMs }] of video.entries())
      expect(Math.abs(atMs - (index * 2_000) / Math.abs(scale))).toBeLessThanOrEqual(20);
  });

  test('stands still while its receiver takes nothing, and sends no more than half a second at once then', async () => {
    const stage = new Stage();
    await stage.start();
    await stage.pass(1_000);
    stage.isFull = true;
    const before = stage.sent.length;
    await stage.pass(5_000);
    expect(stage.sent.length - before).toBeLessThan(5);
    stage.isFull = false;
    await stage.pass(20);
    expect(stage.sent.length - before).toBeLessThan(40);
  });

  test('of sound alone starts at any frame, at its own speed', async () => {
    const stage = new Stage(made.film.tracks.filter(({ kind }) => kind === 'audio'));
    const prepared = await stage.start({ from: 3.33, scale: 2 });
    expect(prepared?.scale).toBe(1);
    expect(Math.abs((prepared?.span?.from ?? 0) - 3.33)).toBeLessThan(1_024 / 48_000);
  });
});
