import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { H264 } from '../../tests/clip.ts';
import { AUDIO, aacPackets, type Clip, encodedClip, nalPackets, VIDEO } from '../../tests/rtp-sender.ts';
import { RtspClient } from '../../tests/rtsp-client.ts';
import { openDoor, type RtspDoor } from '../../tests/rtsp-door.ts';

let door: RtspDoor;
let clip: Clip;

beforeAll(async () => {
  door = await openDoor();
  clip = await encodedClip(...H264, '-bsf:v', 'dump_extra=freq=keyframe', '-video_track_timescale', '90000');
});
afterAll(() => door?.listener.close());

const url = (id: string, key = '?key=secret') => `rtsp://127.0.0.1:${door.port}/${id}${key}`;
const TCP = 'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record';

describe('a client that asks', () => {
  test.each<[string, string, Readonly<Record<string, string>>, string, number]>([
    ['what there is', 'OPTIONS', {}, '1.0', 200],
    ['what there is in 2.0', 'OPTIONS', {}, '2.0', 200],
    ['in another version', 'OPTIONS', {}, '3.0', 505],
    ['for an extension', 'OPTIONS', { Require: 'play.dance' }, '1.0', 551],
    ['for one that there is', 'OPTIONS', { Require: 'play.basic' }, '2.0', 200],
    ['to play what there is not', 'DESCRIBE', {}, '1.0', 404],
    ['what nobody knows', 'DANCE', {}, '1.0', 501],
    ['to publish in 2.0', 'ANNOUNCE', {}, '2.0', 501],
    ['to set up what there is not', 'SETUP', { Transport: TCP }, '1.0', 404],
    ['to record what it did not announce', 'RECORD', {}, '1.0', 455],
    ['to end what did not begin', 'TEARDOWN', {}, '1.0', 454],
    ['whether we live', 'GET_PARAMETER', {}, '1.0', 200],
  ])('%s is answered: %s %j in %s', async (_, method, fields, version, status) => {
    const client = await RtspClient.open(door.port);
    const response = await client.ask(method, url('studio'), fields, '', version);
    expect(response).toMatchObject({ status, version: version === '3.0' ? '1.0' : version });
    expect(response?.headers.get('cseq')).toBe('1');
    client.socket.destroy();
  });

  test('without a number is told so', async () => {
    const client = await RtspClient.open(door.port);
    client.socket.write('OPTIONS * RTSP/1.0\r\n\r\n');
    expect(await client.next('response')).toMatchObject({ status: 400, reason: 'A CSeq is missing' });
    client.socket.destroy();
  });

  test('what is no RTSP is answered and cut off, with a line in the log', async () => {
    const client = await RtspClient.open(door.port);
    client.socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await client.next('response')).toMatchObject({ status: 400 });
    await client.closed;
    expect(door.lines.at(-1)).toContain('starts no RTSP message');
  });

  test('more than a publisher needs is cut off', async () => {
    const client = await RtspClient.open(door.port);
    client.socket.write('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(100));
    await client.closed;
    expect(door.lines.at(-1)).toContain('more requests than a client needs');
  });
});

describe('a publisher', () => {
  test.each<[string, string, number, string]>([
    ['without a key', 'studio', 401, 'a key is needed'],
    ['with a wrong key', 'studio?key=wrong', 401, 'the key is wrong'],
    ['of an unknown channel', 'unknown?key=secret', 404, 'there is no such channel'],
    ['of no channel', '?key=secret', 404, 'names no channel'],
  ])('%s is refused, with the reason', async (_, path, status, why) => {
    const client = await RtspClient.open(door.port);
    const response = await client.announce(`rtsp://127.0.0.1:${door.port}/${path}`);
    expect(response).toMatchObject({ status });
    expect(response?.reason).toContain(why);
    expect(response?.headers.has('www-authenticate')).toBe(status === 401);
    expect(door.lines.join('\n')).not.toContain('secret');
    client.socket.destroy();
  });

  test('gives its key as a password when it is asked; a Digest does not do', async () => {
    const client = await RtspClient.open(door.port);
    const uri = url('asked', '');
    expect((await client.announce(uri, { Authorization: 'Digest username="u"' }))?.status).toBe(401);
    expect((await client.announce(uri, { Authorization: `Basic ${btoa('u:secret')}` }))?.status).toBe(200);
    client.socket.destroy();
  });

  test('sets up what it announced, once, and then records', async () => {
    const client = await RtspClient.open(door.port);
    const uri = url('steps');
    expect((await client.announce(uri))?.status).toBe(200);
    expect((await client.announce(uri))?.status).toBe(455);
    expect((await client.ask('RECORD', uri))?.status).toBe(455);
    expect((await client.setUp(`${uri}/streamid=9`, TCP))?.status).toBe(404);
    expect((await client.setUp(`${uri}/streamid=0`, 'RTP/AVP;multicast'))?.status).toBe(461);
    expect((await client.setUp(`${uri}/streamid=0`, TCP))?.headers.get('transport')).toBe(TCP);
    expect((await client.setUp(`${uri}/streamid=0`, TCP))?.status).toBe(455);
    expect((await client.setUp(`${uri}/streamid=1`, TCP))?.status).toBe(461);
    const chosen = await client.setUp(`${uri}/streamid=1`, 'RTP/AVP/TCP;unicast;mode=record');
    expect(chosen?.headers.get('transport')).toBe('RTP/AVP/TCP;unicast;interleaved=2-3;mode=record');
    expect((await client.ask('RECORD', uri, { Session: 'other' }))?.status).toBe(454);
    expect((await client.ask('RECORD', uri))?.status).toBe(200);
    expect((await client.setUp(`${uri}/streamid=1`, TCP))?.status).toBe(455);
    expect((await client.ask('SET_PARAMETER', uri))?.status).toBe(200);
    expect((await client.ask('TEARDOWN', uri))?.status).toBe(200);
    await client.closed;
    expect((await door.feeds.ended('steps')).broken).toBeNull();
    expect(door.feeds.held.has('steps')).toBe(false);
  });

  test('that is there keeps others away, until it is gone', async () => {
    const first = await RtspClient.open(door.port);
    await first.announce(url('busy'));
    const second = await RtspClient.open(door.port);
    expect(await second.announce(url('busy'))).toMatchObject({
      status: 403,
      reason: 'somebody publishes already',
    });
    first.socket.destroy();
    while (door.feeds.held.has('busy')) await second.ask('OPTIONS', '*');
    expect((await second.announce(url('busy')))?.status).toBe(200);
    second.socket.destroy();
  });

  test('is heard, and told how it is', async () => {
    const client = await RtspClient.open(door.port);
    await client.publish(url('heard'));
    for (const packet of nalPackets(clip.video, VIDEO).flat()) client.send(0, packet);
    for (const packet of aacPackets(clip.audio, AUDIO).flat()) client.send(2, packet);
    client.send(9, new Uint8Array(20));
    await client.ask('GET_PARAMETER', url('heard'));
    door.clock.pass(1_000);
    expect(await client.next('frame')).toMatchObject({ channel: 1 });
    await client.ask('TEARDOWN', url('heard'));
    const { tracks, samples, broken } = await door.feeds.ended('heard');
    expect(broken).toBeNull();
    expect(tracks.map(({ handler }) => handler)).toEqual(['vide', 'soun']);
    expect(samples.length).toBe(clip.video.length + clip.audio.length);
    expect(door.lines).toContain('heard: 127.0.0.1 publishes over RTSP');
    expect(door.lines.at(-1)).toBe('heard: 127.0.0.1 publishes no more: it ended the stream');
  });

  test('that is sent away is disconnected', async () => {
    const client = await RtspClient.open(door.port);
    await client.publish(url('sent-away'));
    door.feeds.stop('sent-away', 'another took over');
    await client.closed;
    expect(door.lines.at(-1)).toContain('publishes no more: another took over');
    expect((await door.feeds.ended('sent-away')).broken).toBe('another took over');
  });

  test('whose stream begins anew has a new feed', async () => {
    const client = await RtspClient.open(door.port);
    await client.publish(url('anew'));
    const once = aacPackets(clip.audio, AUDIO).flat();
    const again = aacPackets(clip.audio, { ...AUDIO, ssrc: 9 }).flat();
    for (const packet of [...once, ...again]) client.send(2, packet);
    await client.ask('TEARDOWN', url('anew'));
    expect((await door.feeds.ended('anew')).broken).toBe('the sender began a new stream');
    expect(await door.feeds.ended('anew', 1)).toMatchObject({
      broken: null,
      samples: { length: once.length },
    });
  });

  test('whose stream begins anew all the time is cut off', async () => {
    const client = await RtspClient.open(door.port);
    await client.publish(url('restless'));
    for (let ssrc = 0; ssrc < 9; ssrc++)
      for (const packet of aacPackets(clip.audio.slice(0, 2), { ...AUDIO, ssrc }).flat())
        client.send(2, packet);
    await client.closed;
    expect(door.lines.at(-1)).toContain('it changes too often');
  });
});

describe('time', () => {
  test('runs out for those who do nothing, and of too many the oldest goes', async () => {
    const own = await openDoor();
    const [oldest, ...others] = await Promise.all(
      Array.from({ length: 1_000 }, () => RtspClient.open(own.port)),
    );
    await others.at(-1)?.ask('OPTIONS', '*');
    const newest = await RtspClient.open(own.port);
    expect((await newest.ask('OPTIONS', '*'))?.status).toBe(200);
    await Promise.race([oldest, ...others].map((client) => client?.closed));
    expect(own.listener.counts()).toEqual({ connections: 1_000, reaped: 1 });
    own.clock.pass(10_001);
    await Promise.all([oldest, ...others].map((client) => client?.closed));
    expect(own.lines.at(-1)).toBe('rtsp: 1001 connections that neither published nor played were cut off');
    expect(own.listener.counts()).toEqual({ connections: 0, reaped: 1_001 });
    await own.listener.close();
  });

  test('runs out for a publisher who falls silent, and the channel hears why', async () => {
    const own = await openDoor();
    const client = await RtspClient.open(own.port);
    await client.publish(`rtsp://127.0.0.1:${own.port}/silent?key=secret`);
    own.clock.pass(8_000);
    expect(client.socket.closed).toBe(false);
    own.clock.pass(1);
    await client.closed;
    expect((await own.feeds.ended('silent')).broken).toBe('nothing came for 8 s');
    await own.listener.close();
  });

  test('ends for all when the origin closes', async () => {
    const own = await openDoor();
    const client = await RtspClient.open(own.port);
    await client.publish(`rtsp://127.0.0.1:${own.port}/closing?key=secret`);
    await own.listener.close();
    await client.closed;
    expect((await own.feeds.ended('closing')).broken).toBe('the origin was stopped');
  });
});
