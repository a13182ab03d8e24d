import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { print } from '../../media/rtsp/message.ts';
import { FUZZ_RUNS, mutate, mutations } from '../../tests/broken-bytes.ts';
import { LiveClip } from '../../tests/live-clip.ts';
import { ManualClock } from '../../tests/manual-clock.ts';
import { presented } from '../../tests/presented.ts';
import { RtspClient } from '../../tests/rtsp-client.ts';
import { openDoor, type RtspDoor } from '../../tests/rtsp-door.ts';
import { UdpFan } from '../rtp/udp/fan.ts';

let door: RtspDoor;
let fan: UdpFan;

beforeAll(async () => {
  const [{ film }, live] = await Promise.all([presented(4), LiveClip.open(new ManualClock())]);
  fan = await UdpFan.open({ hostname: '127.0.0.1', port: 0, portSetting: 'none' });
  const pieces = [{ kind: 'film', id: film.id, title: film.title, film } as const, live.piece];
  door = await openDoor({ pieces, fan });
}, 60_000);
afterAll(async () => {
  await door?.listener.close();
  door?.players.close();
  await fan?.close();
});

const url = (path: string) => `rtsp://127.0.0.1:${door.port}/${path}`;

/** What a client says in a session, in order; each state of it is a beginning of this. */
const SCRIPT: readonly (readonly [method: string, path: string, fields: Readonly<Record<string, string>>])[] =
  [
    ['OPTIONS', 'film', { Require: 'play.basic' }],
    ['DESCRIBE', 'film?video=v120&audio=a128', { Accept: 'application/sdp' }],
    ['SETUP', 'film/track=v120', { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' }],
    [
      'SETUP',
      'film/track=a128',
      { Transport: 'RTP/AVP;unicast;client_port=5000-5001,RTP/AVP/TCP;interleaved=2-3' },
    ],
    ['PLAY', 'film/', { Range: 'npt=1.5-3', Scale: '1' }],
    ['GET_PARAMETER', 'film/', { 'Content-Type': 'text/parameters' }],
    ['PAUSE', 'film/', {}],
    ['PLAY', 'film/', { Range: 'npt=now-', Scale: '-2' }],
    ['TEARDOWN', 'film/track=a128', {}],
  ];

/** The bytes of one of them, by a client that has come there. */
function bytesOf(step: number, session: string): Uint8Array {
  const [method, path, fields] = SCRIPT[step] ?? ['OPTIONS', '*', {}];
  const headers = new Map([['cseq', '9'], ['session', session], ...Object.entries(fields)]);
  const body = new TextEncoder().encode(method === 'GET_PARAMETER' ? 'position\r\n' : '');
  return print({ kind: 'request', method, uri: url(path), version: '1.0', headers, body });
}

async function comeTo(step: number): Promise<RtspClient> {
  const client = await RtspClient.open(door.port);
  for (const [method, path, fields] of SCRIPT.slice(0, step)) await client.ask(method, url(path), fields);
  return client;
}

/** All status codes that there are: what was changed may still be right. */
const CODES = [200, 400, 403, 404, 406, 413, 451, 453, 454, 455, 457, 459, 460, 461, 501, 505, 551];

describe('whatever a client says', () => {
  test.each(SCRIPT.map(([method], step) => [step, method] as const))(
    'in place of step %d, %s: it is answered or cut off, and others are served',
    async (step) => {
      const whole = bytesOf(step, 'x'.repeat(32));
      const property = fc.asyncProperty(mutations(whole.length), async (mutation) => {
        const client = await comeTo(step);
        client.socket.write(mutate(bytesOf(step, client.session.padEnd(32, 'x')), mutation));
        // What was cut short waits for its rest: this ends it, whatever it was.
        client.socket.write('\r\n\r\n'.repeat(2));
        client.socket.end();
        for (let said = await client.next('response'); said !== null; said = await client.next('response'))
          expect(CODES).toContain(said.status);
        await client.closed;
      });
      await fc.assert(property, { numRuns: Math.ceil(FUZZ_RUNS / 10) });
      const after = await comeTo(SCRIPT.length - 1);
      expect((await after.ask('TEARDOWN', url('film/')))?.status).toBe(200);
      after.socket.destroy();
      expect(door.lines.filter((line) => line.includes('failed'))).toEqual([]);
    },
    60_000,
  );

  test('in frames that were not agreed on, or are no RTCP, changes nothing', async () => {
    const client = await comeTo(5);
    const frame = fc.record({ channel: fc.nat(255), data: fc.uint8Array({ maxLength: 2_000 }) });
    for (const { channel, data } of fc.sample(frame, FUZZ_RUNS)) client.send(channel, data);
    expect((await client.ask('GET_PARAMETER', url('film/')))?.status).toBe(200);
    client.socket.destroy();
  });

  test('as RTCP over UDP, from players and strangers, changes nothing', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    const client = await RtspClient.open(door.port);
    await client.setUp(url('live/track=v48'), `RTP/AVP;unicast;client_port=${port - 1}-${port}`);
    expect((await client.ask('PLAY', url('live/')))?.status).toBe(200);
    const report = Uint8Array.of(0x81, 201, 0, 7, 0, 0, 0, 1, ...new Uint8Array(24));
    for (const mutation of fc.sample(mutations(report.length), FUZZ_RUNS))
      for (const to of fan.ports) socket.send(mutate(report, mutation), to, '127.0.0.1');
    expect((await client.ask('GET_PARAMETER', url('live/')))?.status).toBe(200);
    expect((await client.ask('TEARDOWN', url('live/')))?.status).toBe(200);
    client.socket.destroy();
    socket.close();
  });
});

/** Sessions that are opened and never played; 10,000 take a minute. */
const HALF_OPEN = Number(process.env.HEADWATER_HALF_OPEN ?? 1_500);

describe('sessions that are left half open', () => {
  test('make room for those that play, and are gone after a minute', async () => {
    const own = await openDoor({ pieces: [...door.pieces], fan });
    const transport = 'RTP/AVP/TCP;unicast;interleaved=0-1';
    const to = `rtsp://127.0.0.1:${own.port}/live/track=v48`;
    const player = await RtspClient.open(own.port);
    await player.setUp(to, transport);
    expect((await player.ask('PLAY', `rtsp://127.0.0.1:${own.port}/live/`))?.status).toBe(200);
    const clients: RtspClient[] = [];
    const memory: number[] = [];
    for (let opened = 0; opened < HALF_OPEN; opened++) {
      const client = await RtspClient.open(own.port);
      await client.setUp(to, transport);
      clients.push(client);
      if (opened % 500 === 499) memory.push(process.memoryUsage.rss());
    }
    // No more than a thousand wait, and the last one of them is served.
    expect(own.players.size).toBeLessThanOrEqual(1_001);
    expect(own.listener.counts().reaped).toBeGreaterThan(0);
    expect((await clients.at(-1)?.ask('OPTIONS', '*'))?.status).toBe(200);
    expect((await player.ask('OPTIONS', '*'))?.status).toBe(200);
    own.clock.pass(65_001);
    expect(own.players.playing()).toEqual(new Map([['interleaved', 1]]));
    expect(own.players.size).toBe(1);
    own.clock.pass(10_001);
    await Promise.all(clients.map(({ closed }) => closed));
    expect(own.listener.counts().connections).toBe(1);
    if (HALF_OPEN >= 10_000)
      process.stdout.write(`resident: ${memory.map((bytes) => bytes >> 20).join(' ')} MiB\n`);
    await own.listener.close();
    own.players.close();
  }, 300_000);
});
