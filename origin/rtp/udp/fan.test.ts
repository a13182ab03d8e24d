import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { Demuxer } from '../../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import { readPacket } from '../../../media/rtp/packet-reader.ts';
import { readControl } from '../../../media/rtp/rtcp.ts';
import type { Sample } from '../../../media/sample.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { openUdp, type UdpAddress, type UdpSocket } from '../../../runtime/udp.ts';
import { fragmentedClip } from '../../../tests/clip.ts';
import { eventually } from '../../../tests/cluster.ts';
import { TrackId } from '../../../wire/ids.ts';
import { LiveStream } from '../live/stream.ts';
import { UdpFan } from './fan.ts';

const V = TrackId.parse('v48');
let fan: UdpFan;
let closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  fan = await UdpFan.open({ hostname: '::', port: 0, portSetting: 'none' });
  closers = [() => fan.close()];
});
afterEach(() => Promise.all(closers.map((close) => close())));

/** A client's port, and what comes to it. */
async function openPort() {
  const heard: Uint8Array[] = [];
  let isEnough: () => void = () => {};
  const socket: UdpSocket = await openUdp({
    port: 0,
    hostname: '127.0.0.1',
    portSetting: 'none',
    onDatagram: (datagram) => {
      heard.push(datagram);
      isEnough();
    },
  });
  closers.push(socket.close);
  const address: UdpAddress = { address: '127.0.0.1', port: socket.port };
  const until = (isIt: () => boolean) =>
    new Promise<void>((resolve) => {
      isEnough = () => isIt() && resolve();
      isEnough();
    });
  return { socket, heard, address, until };
}

async function openStream() {
  const events = new Demuxer().push(await fragmentedClip());
  const [movie] = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  if (movie === undefined) throw new Error('the clip has no tracks');
  const stream = new LiveStream(systemClock);
  stream.open([{ id: V, movie }]);
  return { stream, samples: samplesOf(events, movie) };
}

const samplesOf = (events: ReturnType<Demuxer['push']>, { id }: MovieTrack): readonly Sample[] =>
  events.flatMap((event) =>
    event.kind === 'samples'
      ? event.runs.flatMap(({ trackId, samples }) => (trackId === id ? samples : []))
      : [],
  );

const silent = { onControl: () => {}, onEnd: () => {} };

describe('a fan of UDP', () => {
  test('sends a stream to all who joined, from its next key frame on', async () => {
    const { stream, samples } = await openStream();
    const clients = await Promise.all([openPort(), openPort(), openPort()]);
    const [early, other, late] = clients;
    const join = ({ address }: (typeof clients)[number]) =>
      fan.join(stream, [{ track: V, rtp: address, rtcp: address }], silent);
    join(early);
    join(other);
    stream.take(0, samples.slice(0, 40));
    join(late);
    stream.take(0, samples.slice(40));
    const sequences = ({ heard }: (typeof clients)[number]) =>
      heard.flatMap((datagram) => (isControl(datagram) ? [] : [readPacket(datagram)?.sequence]));
    const last = stream.next(V)?.sequence ?? 0;
    for (const client of clients)
      await client.until(() => sequences(client).at(-1) === (last + 65_535) % 65_536);
    expect(sequences(early)).toEqual(sequences(other));
    const [first = 0] = sequences(late);
    expect(sequences(early).slice(sequences(early).indexOf(first))).toEqual(sequences(late));
    expect(sequences(late).length).toBeLessThan(sequences(early).length);
    expect(fan.counts).toMatchObject({ receivers: 3, dropped: 0, refused: 0, waiting: 0 });
  });

  test('sends reports, and says when it ends', async () => {
    const { stream, samples } = await openStream();
    const [rtp, rtcp] = await Promise.all([openPort(), openPort()]);
    const ends: string[] = [];
    const onEnd = (reason: string) => ends.push(reason);
    fan.join(stream, [{ track: V, rtp: rtp.address, rtcp: rtcp.address }], { onControl: () => {}, onEnd });
    stream.take(0, samples);
    stream.close('over');
    const kinds = () => rtcp.heard.flatMap(readControl).map(({ kind }) => kind);
    await rtcp.until(() => kinds().includes('bye'));
    expect(kinds()).toEqual(['report', 'report', 'bye']);
    expect(ends).toEqual(['over']);
    expect(fan.counts.receivers).toBe(0);
  });

  test('hears who calls from where it is sent to, and nobody else moves what it gets', async () => {
    const { stream, samples } = await openStream();
    const [player, neighbour] = await Promise.all([openPort(), openPort()]);
    const heard: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const onControl = (_: TrackId, [, byte = 0]: Uint8Array) => {
      heard.push(byte);
      resolve();
    };
    const at = { track: V, rtp: player.address, rtcp: player.address };
    const leave = fan.join(stream, [at], { onControl, onEnd: () => {} });
    const [port] = fan.ports;
    const before = fan.counts.strangers;
    neighbour.socket.send(Uint8Array.of(128, 1), { address: '127.0.0.1', port });
    await eventually(() => fan.counts.strangers > before);
    player.socket.send(Uint8Array.of(128, 2), { address: '127.0.0.1', port });
    await promise;
    stream.take(0, samples.slice(0, 3));
    await player.until(() => player.heard.some((datagram) => !isControl(datagram)));
    expect(heard).toEqual([2]);
    expect(neighbour.heard).toEqual([]);
    leave();
    expect(fan.counts.receivers).toBe(0);
  });

  test("sends a session's own packets", async () => {
    const client = await openPort();
    const session = fan.session({ rtp: client.address, rtcp: client.address }, () => {});
    session.send([Uint8Array.of(1), Uint8Array.of(2)]);
    session.sendControl(Uint8Array.of(3));
    await client.until(() => client.heard.length === 3);
    expect(client.heard.map(([byte]) => byte ?? 0).sort()).toEqual([1, 2, 3]);
    session.close();
    session.close();
    expect(fan.counts.receivers).toBe(0);
  });

  test('has an even port and the next one, those that are asked for', async () => {
    const { ports } = fan;
    expect([ports[0] % 2, ports[1] - ports[0]]).toEqual([0, 1]);
    const taken = UdpFan.open({ hostname: '::', port: ports[0], portSetting: '--rtp-port' });
    await expect(taken).rejects.toMatchObject({ code: 'port-taken' });
  });
});

/** RTCP's packet types lie where RTP has none (RFC 5761 §4). */
const isControl = ([, type = 0]: Uint8Array) => type >= 192 && type <= 223;
