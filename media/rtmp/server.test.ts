import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { AAC, H264, testSignal } from '../../tests/clip.ts';
import { answersTo, RANDOM, type Recording, record } from '../../tests/rtmp-recording.ts';
import { type Amf0Value, readValues, writeValues } from '../flv/amf0.ts';
import { MalformedFlv } from '../flv/malformed.ts';
import { ChunkReader, MEDIA_MAX_BYTES } from './chunk-reader.ts';
import { writeMessage } from './chunk-writer.ts';
import { MalformedRtmp } from './malformed.ts';
import { Server, type ServerEvent } from './server.ts';

const HANDSHAKE = Uint8Array.from([3, ...new Uint8Array(1536 * 2)]);

const recording: Promise<Recording> = record(...testSignal(0.4), ...H264, ...AAC);

/** Reads bytes that come in pieces, and lets everyone publish. */
function play(pieces: Iterable<Uint8Array>): ServerEvent[] {
  const server = new Server(RANDOM);
  const events: ServerEvent[] = [];
  for (const bytes of pieces) {
    for (const event of server.push(bytes)) {
      events.push(event);
      answersTo(event, server);
    }
  }
  return events;
}

const command = (...values: readonly Amf0Value[]) =>
  writeMessage(3, { type: 20, streamId: 0, payload: writeValues(...values) });

const connect = command('connect', 1, { app: 'live', tcUrl: 'rtmp://host/live' });

/** The commands that a server sent for some bytes after the handshake. */
function answers(...bytes: readonly Uint8Array[]): Amf0Value[][] {
  const replies = play([HANDSHAKE, ...bytes]).flatMap((event) =>
    event.kind === 'reply' ? [event.bytes] : [],
  );
  const reader = new ChunkReader();
  return replies
    .slice(1)
    .flatMap((reply) => [...reader.push(reply)])
    .filter(({ type }) => type === 20)
    .map(({ payload }) => readValues(payload));
}

describe('ffmpeg', () => {
  test('connects, publishes and ends', async () => {
    const { events } = await recording;
    const kinds = events.map(({ kind }) => kind);
    expect(events).toContainEqual({ kind: 'publish', app: 'live', name: 'studio?key=secret' });
    expect(kinds.at(-1)).toBe('end');
    const tags = events.flatMap((event) => (event.kind === 'tag' ? [event.tag.kind] : []));
    expect(tags[0]).toBe('data');
    expect(tags.filter((kind) => kind === 'video').length).toBe(12);
    expect(tags.filter((kind) => kind === 'audio').length).toBeGreaterThan(18);
  });

  test('is read the same byte by byte', async () => {
    const { bytes, events } = await recording;
    expect(play([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([...events]);
  });

  test('broken is malformed or something else, and nothing grows', async () => {
    const { bytes } = await recording;
    const parse = (broken: Uint8Array) => {
      const server = new Server(RANDOM);
      try {
        for (const event of server.push(broken)) answersTo(event, server);
      } finally {
        expect(server.pending).toBeLessThanOrEqual(2 * MEDIA_MAX_BYTES);
      }
    };
    brokenBytes(bytes, parse, [MalformedRtmp, MalformedFlv]);
  });
});

describe('a client', () => {
  test('hears which codecs are taken', () => {
    const [[name, transaction, properties, information] = []] = answers(connect);
    expect([name, transaction]).toEqual(['_result', 1]);
    expect(properties).toMatchObject({
      fourCcList: ['avc1', 'hvc1', 'av01', 'vp09', 'mp4a', 'Opus', '.mp3'],
      videoFourCcInfoMap: { hvc1: 4, av01: 4 },
    });
    expect(information).toMatchObject({ code: 'NetConnection.Connect.Success' });
  });

  test('may not play', () => {
    const play2 = command('play', 0, null, 'studio');
    const [, status] = answers(connect, play2);
    expect(status?.[3]).toMatchObject({ level: 'error', code: 'NetStream.Play.Failed' });
    expect(play([HANDSHAKE, connect, play2]).at(-1)).toMatchObject({ kind: 'refused' });
  });

  test('hears why it may not publish', () => {
    const server = new Server(RANDOM);
    const [message] = new ChunkReader().push(server.refuse('the key is wrong'));
    const [name, , , information] = readValues(message?.payload ?? new Uint8Array());
    expect(name).toBe('onStatus');
    expect(information).toEqual({
      level: 'error',
      code: 'NetStream.Publish.BadName',
      description: 'the key is wrong',
    });
  });

  test('publishes once', () => {
    const publish = command('publish', 0, null, 'studio', 'live');
    const events = play([HANDSHAKE, connect, publish, publish]);
    expect(events.filter(({ kind }) => kind === 'publish').length).toBe(1);
    expect(events.at(-1)?.kind).toBe('reply');
  });

  test('sends media in vain before it publishes', () => {
    const audio = writeMessage(4, { type: 8, streamId: 1, payload: Uint8Array.of(0xaf, 0) });
    expect(play([HANDSHAKE, connect, audio]).every(({ kind }) => kind === 'reply')).toBe(true);
  });

  test('gets its ping back', () => {
    const ping = writeMessage(2, { type: 4, streamId: 0, payload: Uint8Array.of(0, 6, 1, 2, 3, 4) });
    const last = play([HANDSHAKE, ping]).at(-1);
    const pong = writeMessage(2, { type: 4, streamId: 0, payload: Uint8Array.of(0, 7, 1, 2, 3, 4) });
    expect(last).toEqual({ kind: 'reply', bytes: pong });
  });

  test('hears how much came, once for a window', () => {
    const window = writeMessage(2, { type: 5, streamId: 0, payload: Uint8Array.of(0, 1, 0, 0) });
    const publish = command('publish', 0, null, 'studio', 'live');
    const media = writeMessage(4, { type: 8, streamId: 1, payload: new Uint8Array(70_000) });
    const replies = play([HANDSHAKE, connect, window, publish, media, window]).filter(
      (event) => event.kind === 'reply' && event.bytes[7] === 3,
    );
    expect(replies.length).toBe(1);
  });

  test('sends an aggregate: its tags come one by one', () => {
    const tag = (type: number, time: number, ...body: readonly number[]) => [
      ...[type, 0, 0, body.length, 0, 0, time, 0, 0, 0, 0],
      ...[...body, 0, 0, 0, 11 + body.length],
    ];
    const payload = Uint8Array.from([...tag(8, 50, 1), ...tag(9, 60, 2, 3)]);
    const aggregate = writeMessage(4, { type: 22, streamId: 1, payload });
    const publish = command('publish', 0, null, 'studio', 'live');
    expect(play([HANDSHAKE, connect, publish, aggregate]).slice(-2)).toEqual([
      { kind: 'tag', tag: { kind: 'audio', timestamp: 0, body: Uint8Array.of(1) } },
      { kind: 'tag', tag: { kind: 'video', timestamp: 10, body: Uint8Array.of(2, 3) } },
    ]);
  });

  test.each([
    ['a command without a name', command(5, 1)],
    ['a command that is cut short', writeMessage(3, { type: 20, streamId: 0, payload: Uint8Array.of(2, 0) })],
    ['a window that is cut short', writeMessage(2, { type: 5, streamId: 0, payload: Uint8Array.of(0) })],
  ])('that sends %s is malformed', (_, bytes) => {
    expect(() => play([HANDSHAKE, bytes])).toThrow();
  });
});
