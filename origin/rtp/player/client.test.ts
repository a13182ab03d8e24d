import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createSocket, type Socket } from 'node:dgram';
import { readPacket } from '../../../media/rtp/packet-reader.ts';
import { readControl } from '../../../media/rtp/rtcp.ts';
import * as RtpInfo from '../../../media/rtsp/rtp-info.ts';
import { parse as parseSdp } from '../../../media/sdp/session.ts';
import { LiveClip } from '../../../tests/live-clip.ts';
import { ManualClock } from '../../../tests/manual-clock.ts';
import { type Presented, presented } from '../../../tests/presented.ts';
import { RtspClient } from '../../../tests/rtsp-client.ts';
import { openDoor, type RtspDoor } from '../../../tests/rtsp-door.ts';
import { UdpFan } from '../udp/fan.ts';

let made: Presented;
let live: LiveClip;
let fan: UdpFan;
let door: RtspDoor;

beforeAll(async () => {
  [made, live] = await Promise.all([presented(8), LiveClip.open(new ManualClock())]);
  fan = await UdpFan.open({ hostname: '127.0.0.1', port: 0, portSetting: 'none' });
  const { film } = made;
  const pieces = [{ kind: 'film', id: film.id, title: film.title, film } as const, live.piece];
  door = await openDoor({ pieces, fan });
}, 60_000);
afterAll(async () => {
  await door?.listener.close();
  door?.players.close();
  await fan?.close();
});

const url = (path: string) => `rtsp://127.0.0.1:${door.port}/${path}`;
const VIDEO = 'film/track=v120';
const AUDIO = 'film/track=a128';
const channels = (first: number) => `RTP/AVP/TCP;unicast;interleaved=${first}-${first + 1}`;

const textOf = (body: Uint8Array | undefined) => new TextDecoder().decode(body);

/** Two ports in a row for a track, and what comes to them. */
class Ports {
  readonly packets: Buffer[] = [];
  readonly control: Buffer[] = [];
  readonly #sockets: readonly Socket[];
  readonly first: number;

  private constructor(sockets: readonly Socket[], first: number) {
    this.#sockets = sockets;
    this.first = first;
    sockets[0]?.on('message', (packet) => this.packets.push(packet));
    sockets[1]?.on('message', (packet) => this.control.push(packet));
  }

  static async open(): Promise<Ports> {
    const rtp = await bound(0);
    const { port } = rtp.address();
    const rtcp = await bound(port + 1).catch(() => null);
    if (rtcp !== null) return new Ports([rtp, rtcp], port);
    rtp.close();
    return Ports.open();
  }

  get transport(): string {
    return `RTP/AVP;unicast;client_port=${this.first}-${this.first + 1}`;
  }

  /** Resolves when so many packets have come. */
  async come(count: number): Promise<void> {
    while (this.packets.length < count)
      await new Promise((resolve) => this.#sockets[0]?.once('message', resolve));
  }

  /** Sends a receiver report to the origin. */
  report(port: number): void {
    this.#sockets[1]?.send(Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 1), port, '127.0.0.1');
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

async function bound(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', resolve);
  });
  return socket;
}

/** Sets a film's tracks up over TCP. */
async function ready(path = 'film'): Promise<RtspClient> {
  const client = await RtspClient.open(door.port);
  const described = await client.ask('DESCRIBE', url(path));
  const base = described?.headers.get('content-base') ?? '';
  for (const [index, { control }] of parseSdp(textOf(described?.body)).media.entries())
    expect((await client.setUp(`${base}${control}`, channels(index * 2)))?.status).toBe(200);
  return client;
}

/** The state that a request comes in: each is a client of its own. */
const STATES = {
  new: () => RtspClient.open(door.port),
  ready: () => ready(),
  playing: async () => {
    const client = await ready();
    await client.ask('PLAY', url('film/'));
    return client;
  },
  live: async () => {
    const client = await ready('live');
    await client.ask('PLAY', url('live/'));
    return client;
  },
} as const;

type Fields = Readonly<Record<string, string>>;

describe('a player is answered', () => {
  test.each<[keyof typeof STATES, string, string, Fields, number, string]>([
    ['new', 'DESCRIBE', 'film', {}, 200, 'OK'],
    ['new', 'DESCRIBE', 'film', { Accept: 'application/sdp, text/plain' }, 200, 'OK'],
    ['new', 'DESCRIBE', 'film', { Accept: 'application/mheg' }, 406, 'application/sdp'],
    ['new', 'DESCRIBE', 'film?video=v9', {}, 404, "no video track 'v9': there is v120"],
    ['new', 'DESCRIBE', 'film?video=none&audio=none', {}, 404, 'no such tracks'],
    ['new', 'DESCRIBE', 'nothing', {}, 404, 'there is no such presentation'],
    ['new', 'DESCRIBE', 'a/b', {}, 404, 'the address names no presentation'],
    ['new', 'SETUP', 'film', { Transport: channels(0) }, 459, 'for one track'],
    ['new', 'SETUP', 'film?container=ts', { Transport: channels(0) }, 200, 'OK'],
    ['new', 'SETUP', 'film/track=ts+v120', { Transport: channels(0) }, 200, 'OK'],
    ['new', 'SETUP', 'film/track=ts+v120+v120', { Transport: channels(0) }, 404, 'no such track'],
    ['new', 'SETUP', 'film/track=ts+v9', { Transport: channels(0) }, 404, 'no such track'],
    ['ready', 'SETUP', 'film/track=ts+v120', { Transport: channels(6) }, 455, 'holds all'],
    ['new', 'SETUP', 'film?audio=none', { Transport: channels(0) }, 200, 'OK'],
    ['new', 'SETUP', 'film/track=v9', { Transport: channels(0) }, 404, 'no such track'],
    ['new', 'SETUP', VIDEO, {}, 461, 'there is RTP/AVP/TCP interleaved'],
    ['new', 'SETUP', VIDEO, { Transport: 'RTP/AVP;multicast' }, 461, 'there is RTP/AVP/TCP interleaved'],
    ['new', 'SETUP', VIDEO, { Transport: 'RTP/SAVP;unicast;client_port=5000-5001' }, 461, 'there is'],
    [
      'new',
      'SETUP',
      VIDEO,
      { Transport: 'RTP/AVP;unicast;destination=192.0.2.1;client_port=5000-5001' },
      461,
      '',
    ],
    ['new', 'SETUP', VIDEO, { Transport: `RTP/SAVP;unicast,${channels(4)}` }, 200, 'OK'],
    ['new', 'SETUP', VIDEO, { Transport: channels(0), Session: 'strange' }, 454, 'Session Not Found'],
    ['new', 'PLAY', 'film', {}, 454, 'Session Not Found'],
    ['new', 'PAUSE', 'film', { Session: 'strange' }, 454, 'Session Not Found'],
    ['new', 'TEARDOWN', 'film', {}, 454, 'Session Not Found'],
    ['new', 'GET_PARAMETER', '*', {}, 200, 'OK'],
    ['new', 'SET_PARAMETER', 'film', { Session: 'strange' }, 454, 'Session Not Found'],
    ['ready', 'SETUP', VIDEO, { Transport: channels(6) }, 200, 'OK'],
    ['ready', 'SETUP', VIDEO, { Transport: channels(2) }, 461, 'all tracks of a session go the same way'],
    ['ready', 'PLAY', VIDEO, {}, 460, 'played together'],
    ['ready', 'PLAY', 'film', { Range: 'npt=99-' }, 457, 'ends before that'],
    ['ready', 'PLAY', 'film', { Range: 'npt=' }, 400, 'Range'],
    ['ready', 'PLAY', 'film', { Range: 'smpte=10:07:00-' }, 501, 'npt'],
    ['ready', 'PLAY', 'film', { Scale: '0' }, 400, 'no speed'],
    ['ready', 'PAUSE', 'film', {}, 200, 'OK'],
    ['ready', 'TEARDOWN', 'film/track=v9', {}, 404, 'no such track'],
    ['ready', 'ANNOUNCE', 'studio?key=secret', {}, 455, 'This connection plays'],
    ['playing', 'PLAY', 'film', {}, 200, 'OK'],
    ['playing', 'SETUP', VIDEO, { Transport: channels(6) }, 455, 'open another one'],
    ['live', 'PLAY', 'live', { Range: 'npt=0.000-' }, 200, 'OK'],
    ['live', 'PAUSE', 'live', {}, 200, 'OK'],
  ])('%s: %s %s %j → %d', async (state, method, path, fields, status, reason) => {
    const client = await STATES[state]();
    const response = await client.ask(method, url(path).replace(/\/\*$/, '*'), fields);
    expect(response?.status).toBe(status);
    expect(response?.reason).toContain(reason);
    client.socket.destroy();
    await client.closed;
  });

  test('with what a presentation is, and where its tracks are controlled', async () => {
    const client = await RtspClient.open(door.port);
    const film = await client.ask('DESCRIBE', url('film?video=v120'));
    expect(film?.headers.get('content-base')).toBe(url('film/'));
    expect(film?.headers.get('content-type')).toBe('application/sdp');
    expect(parseSdp(textOf(film?.body))).toMatchObject({
      ...{
        name: 'A film',
        control: '*',
        range: expect.stringMatching(/^npt=0-8\.0/),
        connection: 'IN IP4 0.0.0.0',
      },
      media: [
        { kind: 'video', port: 0, control: 'track=v120', formats: [{ encoding: { name: 'H264' } }] },
        { kind: 'audio', port: 0, control: 'track=a128', formats: [{ encoding: { clockRate: 48_000 } }] },
      ],
    });
    const sound = await client.ask('DESCRIBE', url('t/abc.def/live?video=none'));
    expect(sound?.headers.get('content-base')).toBe(url('t/abc.def/live/'));
    expect(parseSdp(textOf(sound?.body))).toMatchObject({ range: 'npt=now-', media: [{ kind: 'audio' }] });
    client.socket.destroy();
  });

  test('what it asks for by name', async () => {
    const client = await ready();
    await client.ask('PLAY', url('film/'), { Range: 'npt=4-' });
    const asked = await client.ask('GET_PARAMETER', url('film/'), {}, 'position\r\n');
    expect(textOf(asked?.body)).toBe('position: 4.000\r\n');
    expect((await client.ask('GET_PARAMETER', url('film/'), {}, 'volume\r\n'))?.status).toBe(451);
    expect((await client.ask('SET_PARAMETER', url('film/'), {}, 'position: 3\r\n'))?.status).toBe(451);
    client.socket.destroy();
  });
});

describe('a film', () => {
  test('plays in its connection from a key frame: what is answered comes first, and numbers fit', async () => {
    const client = await ready();
    const played = await client.ask('PLAY', url('film/'), { Range: 'npt=3-' });
    expect(played?.headers.get('range')).toMatch(/^npt=2-8/);
    const infos = RtpInfo.parse(played?.headers.get('rtp-info') ?? '');
    expect(infos.map(({ url: of }) => of)).toEqual([url(VIDEO), url(AUDIO)]);
    door.clock.pass(20);
    const firsts = new Map<number, ReturnType<typeof readPacket>>();
    while (firsts.size < 2) {
      const frame = await client.next('frame');
      if (frame === null) throw new Error('nothing more comes');
      if (frame.channel % 2 === 0 && !firsts.has(frame.channel))
        firsts.set(frame.channel, readPacket(frame.data));
    }
    expect(firsts.get(0)).toMatchObject({ sequence: infos[0]?.sequence, timestamp: infos[0]?.timestamp });
    expect(firsts.get(2)).toMatchObject({ sequence: infos[1]?.sequence });
    expect(door.players.playing()).toEqual(new Map([['interleaved', 1]]));
    expect(door.players.viewers()).toEqual(new Map([['film', 1]]));
    expect((await client.ask('TEARDOWN', url('film/')))?.headers.has('session')).toBe(false);
    expect(door.players.playing()).toEqual(new Map());
    client.socket.destroy();
  });

  test('ends with its connection', async () => {
    const client = await STATES.playing();
    client.socket.destroy();
    await client.closed;
    const other = await RtspClient.open(door.port);
    while (door.players.size > 0) await other.ask('OPTIONS', '*');
    other.socket.destroy();
  });

  test('goes on without a track that is not wanted any more, and ends without its last one', async () => {
    const client = await STATES.playing();
    expect((await client.ask('TEARDOWN', url(AUDIO)))?.headers.has('session')).toBe(true);
    while (await nextChannelIs(client, 2)) await client.ask('OPTIONS', '*');
    expect((await client.ask('PLAY', url(VIDEO), { Range: 'npt=0-' }))?.status).toBe(200);
    expect((await client.ask('TEARDOWN', url(VIDEO)))?.status).toBe(200);
    expect((await client.ask('PLAY', url('film/')))?.status).toBe(454);
    client.socket.destroy();
  });

  test('over UDP outlives its connection, is controlled from another one, and ends when nothing is heard', async () => {
    const [ports, client] = [await Ports.open(), await RtspClient.open(door.port)];
    const setUp = await client.setUp(url(VIDEO), ports.transport);
    expect(setUp?.headers.get('transport')).toContain(`server_port=${fan.ports.join('-')}`);
    expect(setUp?.headers.get('session')).toMatch(/^[\da-f]{32};timeout=60$/);
    await client.ask('PLAY', url('film/'));
    await ports.come(1);
    client.socket.destroy();
    await client.closed;
    const other = await RtspClient.open(door.port);
    other.session = client.session;
    expect((await other.ask('PAUSE', url('film/')))?.status).toBe(200);
    door.clock.pass(60_000);
    expect((await other.ask('PLAY', url('film/')))?.status).toBe(200);
    ports.report(fan.ports[1]);
    other.socket.destroy();
    await other.closed;
    const before = door.players.reaped;
    door.clock.pass(65_001);
    expect(door.players.reaped).toBe(before + 1);
    expect(ports.control.flatMap((packet) => readControl(packet)).length).toBeGreaterThan(0);
    ports.close();
  });

  test('in RTSP 2.0: a client says what it wants before it knows its session, and is told of the end', async () => {
    const client = await RtspClient.open(door.port);
    const ask = (method: string, path: string, fields: Fields) =>
      client.ask(method, url(path), fields, '', '2.0');
    const setUp = await ask('SETUP', VIDEO, { Transport: channels(0), 'Pipelined-Requests': '7' });
    expect(setUp).toMatchObject({ status: 200, version: '2.0' });
    expect(setUp?.headers.get('accept-ranges')).toBe('npt');
    expect(setUp?.headers.get('media-properties')).toContain('Random-Access');
    client.session = '';
    expect((await ask('SETUP', AUDIO, { Transport: channels(2), 'Pipelined-Requests': '7' }))?.status).toBe(
      200,
    );
    client.session = '';
    const played = await ask('PLAY', 'film/', { Range: 'npt=7-7.5', 'Pipelined-Requests': '7' });
    expect(played?.headers.get('seek-style')).toBe('RAP');
    expect(RtpInfo.parse(played?.headers.get('rtp-info') ?? '')).toHaveLength(2);
    let isTold = false;
    const told = client.next('request').then((request) => {
      isTold = true;
      return request;
    });
    while (!isTold) {
      door.clock.pass(100);
      await new Promise(setImmediate);
    }
    const notify = await told;
    expect(notify?.method).toBe('PLAY_NOTIFY');
    expect(notify?.headers.get('notify-reason')).toBe('end-of-stream');
    expect(notify?.headers.get('range')).toBe('npt=-7.500');
    client.socket.destroy();
  });
});

describe('something live', () => {
  test('plays from the next key frame on, in both its tracks', async () => {
    const client = await STATES.live();
    live.give(200);
    const frames = await Promise.all(Array.from({ length: 20 }, () => client.next('frame')));
    expect(new Set(frames.map((frame) => frame?.channel))).toEqual(new Set([0, 1, 2, 3]));
    expect(frames[0]?.channel).toBe(1);
    expect(live.stream.receivers).toBe(1);
    await client.ask('PAUSE', url('live/'));
    expect(live.stream.receivers).toBe(0);
    expect((await client.ask('PLAY', url('live/')))?.headers.get('range')).toBe('npt=now-');
    expect(live.stream.receivers).toBe(1);
    client.socket.destroy();
    await client.closed;
    const other = await RtspClient.open(door.port);
    while (live.stream.receivers > 0) await other.ask('OPTIONS', '*');
    other.socket.destroy();
  });

  test('plays over UDP, and is wanted as long as somebody watches', async () => {
    const [ports, client] = [await Ports.open(), await RtspClient.open(door.port)];
    await client.setUp(url('live/track=v48'), ports.transport);
    await client.ask('PLAY', url('live/'));
    live.give(200);
    await ports.come(10);
    expect(readPacket(ports.packets[0] ?? new Uint8Array())?.sequence).toBeGreaterThanOrEqual(0);
    const before = live.wanted;
    door.clock.pass(1_000);
    expect(live.wanted).toBe(before + 1);
    await client.ask('TEARDOWN', url('live/'));
    expect(live.stream.receivers).toBe(0);
    client.socket.destroy();
    ports.close();
  });
});

async function nextChannelIs(client: RtspClient, channel: number): Promise<boolean> {
  door.clock.pass(500);
  const frame = await client.next('frame');
  return frame?.channel === channel;
}
