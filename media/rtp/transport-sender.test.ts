import { beforeAll, describe, expect, test } from 'bun:test';
import { fragmentedClip, sampleEntries } from '../../tests/clip.ts';
import { discontinuities, readPackets } from '../../tests/transport-stream.ts';
import { Demuxer } from '../isobmff/demuxer.ts';
import type { MovieTrack } from '../isobmff/movie.ts';
import { join } from '../join.ts';
import { presentationTime, type Sample } from '../sample.ts';
import { TRANSPORT_MAX_BYTES } from './mp2t.ts';
import { MalformedPayload, type Packet } from './packet.ts';
import { readPacket, type SentPacket } from './packet-reader.ts';
import { TransportSender } from './transport-sender.ts';

const START = { ssrc: 5, sequence: 65_530, timestamp: 2 ** 32 - 90_000 };

let tracks: readonly MovieTrack[];
/** Of the pictures, then of the sound. */
let samples: readonly (readonly Sample[])[];

beforeAll(async () => {
  const events = new Demuxer().push(await fragmentedClip());
  tracks = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  const runs = events.flatMap((event) => (event.kind === 'samples' ? event.runs : []));
  samples = tracks.map(({ id }) => runs.flatMap((run) => (run.trackId === id ? run.samples : [])));
});

function open(): TransportSender {
  const sender = TransportSender.of(tracks, START);
  if (sender === null) throw new Error('not for MPEG-TS');
  return sender;
}

/** Sends the first samples of a track, some time later. */
function send(sender: TransportSender, index: number, later = 0): readonly SentPacket[] {
  const timescale = tracks[index]?.timescale ?? 1;
  return (samples[index] ?? [])
    .slice(0, 20)
    .flatMap((sample) => sender.packets(index, sample, presentationTime(sample) / timescale + later))
    .flatMap((bytes) => readPacket(bytes) ?? []);
}

/** How far each is behind the one before it, by a part of it that wraps at `round`. */
const steps = (values: readonly number[], round: number) =>
  values.slice(1).map((value, index) => (value - (values[index] ?? 0) + round) % round);

describe('a sender of MPEG-TS', () => {
  test('sends whole packets, numbered, without marks', () => {
    const packets = send(open(), 0);
    for (const { payload, payloadType, marker } of packets) {
      expect([payload.byteLength % 188, payloadType, marker]).toEqual([0, 33, false]);
      expect(payload.byteLength).toBeLessThanOrEqual(TRANSPORT_MAX_BYTES);
    }
    expect(
      new Set(
        steps(
          packets.map(({ sequence }) => sequence),
          2 ** 16,
        ),
      ),
    ).toEqual(new Set([1]));
    expect(discontinuities(readPackets(join(packets.map(({ payload }) => payload))))).toEqual([]);
  });

  test('stamps sound that comes behind the pictures with their time, and a new start with its own', () => {
    const sender = open();
    const pictures = send(sender, 0);
    const sound = send(sender, 1);
    const times = (packets: readonly Packet[]) => packets.map(({ timestamp }) => timestamp);
    const latest = Math.max(...steps([START.timestamp, ...times(pictures)], 2 ** 32));
    expect(latest).toBeLessThan(2 ** 31);
    expect(new Set(times(sound))).toEqual(new Set([pictures.at(-1)?.timestamp ?? 0]));
    const [far] = send(sender, 0, 100);
    const [back] = send(sender, 0);
    expect(far?.timestamp).toBe((START.timestamp + 100 * 90_000) % 2 ** 32);
    expect(back?.timestamp).toBe(START.timestamp);
  });

  test('refuses a sample that is none', () => {
    const [sample] = samples[0] ?? [];
    if (sample === undefined) throw new Error('no samples');
    const cut = { ...sample, data: sample.data.subarray(0, 10) };
    expect(() => open().packets(0, cut, 0)).toThrow(MalformedPayload);
    expect(open().packets(0, { ...sample, data: new Uint8Array() }, 0)).toEqual([]);
  });

  test('is not there for tracks that MPEG-TS does not carry here, or that can not be read', async () => {
    const [sampleEntry = new Uint8Array()] = await sampleEntries(['-an', '-c:v', 'libvpx-vp9']);
    expect(TransportSender.of([{ sampleEntry, timescale: 1 }], START)).toBeNull();
    const broken = tracks.map((track) => ({ ...track, sampleEntry: track.sampleEntry.subarray(0, 20) }));
    expect(TransportSender.of(broken, START)).toBeNull();
  });
});
