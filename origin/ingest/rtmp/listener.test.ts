import { afterEach, describe, expect, test } from 'bun:test';
import { connect, type Socket } from 'node:net';
import { writeValues } from '../../../media/flv/amf0.ts';
import { writeMessage } from '../../../media/rtmp/chunk-writer.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { TcpListener } from '../../../runtime/tcp.ts';
import { logTo } from '../../../tests/log.ts';
import type { Admit } from '../door.ts';
import { listenRtmp } from './listener.ts';

let listener: TcpListener | null = null;
afterEach(() => listener?.close());

/** A clock that stands still until it is moved; moving it calls what is due. */
class StandingClock implements Clock {
  #now = 0;
  #work: () => void = () => {};
  readonly now = () => this.#now;
  readonly every = (_: number, work: () => void) => {
    this.#work = work;
    return () => {};
  };

  move(ms: number): void {
    this.#now += ms;
    this.#work();
  }
}

async function open(admit: Admit) {
  const clock = new StandingClock();
  const said: string[] = [];
  const log = logTo((line) => said.push((line as { msg: string }).msg));
  listener = await listenRtmp({ port: 0, hostname: '127.0.0.1', portSetting: 'none', admit, log, clock });
  const { port } = listener;
  const dial = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };
  return { clock, said, dial };
}

const closed = (socket: Socket) => {
  socket.resume();
  return new Promise<void>((resolve) => socket.once('close', () => resolve()));
};

/** What a client sends up to `publish`. */
const asks = (name: string) =>
  Buffer.concat([
    Uint8Array.from([3, ...new Uint8Array(1536 * 2)]),
    ...[
      writeValues('connect', 1, { app: 'live' }),
      writeValues('createStream', 2, null),
      writeValues('publish', 3, null, name, 'live'),
    ].map((payload) => writeMessage(3, { type: 20, streamId: 0, payload })),
  ]);

const admitAll: Admit = () => ({
  kind: 'admitted',
  publishing: {
    signal: new AbortController().signal,
    take: async (feed) => {
      for await (const _ of feed);
    },
    release: () => {},
  },
});

const refuseAll: Admit = () => ({
  kind: 'refused',
  code: 'unknown-channel',
  reason: 'there is no such channel',
});

describe('the door', () => {
  test('cuts off who does not publish in time', async () => {
    const { clock, said, dial } = await open(refuseAll);
    const socket = await dial();
    const data = new Promise((resolve) => socket.once('data', resolve));
    socket.write(asks('studio').subarray(0, 1537));
    await data;
    clock.move(10_000);
    expect(said).toEqual([]);
    const gone = closed(socket);
    clock.move(1);
    await gone;
    expect(said).toEqual(['rtmp: 127.0.0.1 was cut off: it did not publish']);
  });

  test('cuts off a publisher that says nothing more', async () => {
    const ended = Promise.withResolvers<string>();
    const { clock, said, dial } = await open(() => ({
      kind: 'admitted',
      publishing: {
        signal: new AbortController().signal,
        take: async (feed) => {
          try {
            for await (const _ of feed);
          } catch (error) {
            ended.resolve(String(error));
          }
        },
        release: () => {},
      },
    }));
    const socket = await dial();
    const started = new Promise<void>((resolve) => {
      socket.on('data', (bytes: Buffer) => bytes.includes('NetStream.Publish.Start') && resolve());
    });
    socket.write(asks('studio?key=secret'));
    await started;
    clock.move(15_000);
    const gone = closed(socket);
    clock.move(1);
    await gone;
    expect(said.some((msg) => msg.endsWith('it is silent'))).toBe(true);
    expect(await ended.promise).toContain('the publisher closed the connection');
  });

  test('does not log an id that no channel has: it may be a key', async () => {
    const { said, dial } = await open(refuseAll);
    const socket = await dial();
    const gone = closed(socket);
    socket.write(asks('my-secret-key'));
    await gone;
    expect(said).toEqual(['rtmp: 127.0.0.1 may not publish: there is no such channel']);
  });

  test('cuts off what is not RTMP', async () => {
    const { said, dial } = await open(admitAll);
    const socket = await dial();
    const gone = closed(socket);
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await gone;
    expect(said.length).toBe(1);
    expect(said[0]).toContain('handshake: version 71, not 3');
  });

  test('has room for so many who have not published', async () => {
    const { said, dial } = await open(refuseAll);
    const sockets = await Promise.all(Array.from({ length: 200 }, dial));
    await closed(await dial());
    expect(said).toEqual(['rtmp: too many connections']);
    for (const socket of sockets) socket.destroy();
  });
});
