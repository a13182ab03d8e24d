import { afterEach, describe, expect, test } from 'bun:test';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { certificate } from '../tests/certificate.ts';
import { Failure } from './failure.ts';
import { listenTcp, type TcpConnection, type TcpListener } from './tcp.ts';

const open: TcpListener[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

type Served = { readonly port: number; readonly connection: Promise<TcpConnection> };

async function serve(tls?: { key: string; cert: string }): Promise<Served> {
  const { promise, resolve } = Promise.withResolvers<TcpConnection>();
  const options = { port: 0, hostname: '127.0.0.1', portSetting: '--port', tls, onConnection: resolve };
  const listener = await listenTcp(options);
  open.push(listener);
  return { port: listener.port, connection: promise };
}

const event = (socket: Socket, name: string) => new Promise((resolve) => socket.once(name, resolve));

async function readAll(connection: TcpConnection): Promise<string> {
  const parts: Uint8Array[] = [];
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read())
    parts.push(bytes);
  return Buffer.concat(parts).toString();
}

describe('a connection', () => {
  test('is read to its end, and knows its peer', async () => {
    const { port, connection } = await serve();
    connect(port, '127.0.0.1').end('hello');
    expect((await connection).address).toBe('127.0.0.1');
    expect(await readAll(await connection)).toBe('hello');
  });

  test('is read only as fast as it is asked', async () => {
    const { port, connection } = await serve();
    const whole = new Uint8Array(64 * 1024 * 1024);
    const client = connect(port, '127.0.0.1', () => client.end(whole));
    const served = await connection;
    const first = await served.read();
    // Once another connection was served, this one has had its time: the kernel holds a few megabytes of it.
    const other = await serve();
    connect(other.port, '127.0.0.1').end('hello');
    expect(await readAll(await other.connection)).toBe('hello');
    expect(client.writableFinished).toBe(false);
    expect((first?.length ?? 0) + (await readAll(served)).length).toBe(whole.length);
  });

  test('ends: what was written arrives, although what came was not read', async () => {
    const { port, connection } = await serve();
    const client = connect(port, '127.0.0.1');
    client.write(new Uint8Array(300_000));
    const parts: Buffer[] = [];
    client.on('data', (part: Buffer) => parts.push(part));
    client.on('end', () => client.end());
    const served = await connection;
    served.write(new TextEncoder().encode('go away'));
    const closed = event(client, 'close');
    await served.end();
    await closed;
    expect(Buffer.concat(parts).toString()).toBe('go away');
  });

  test('ends even if the peer does not', async () => {
    const { port, connection } = await serve();
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => {});
    client.resume();
    await (await connection).end();
    expect(await (await connection).read()).toBeNull();
    client.destroy();
  });

  test('stops: who waits for bytes hears so', async () => {
    const { port, connection } = await serve();
    const client = connect(port, '127.0.0.1');
    const served = await connection;
    const reading = served.read();
    served.stop();
    expect(await reading).toBeNull();
    client.destroy();
  });

  test('that is reset throws or ends', async () => {
    const { port, connection } = await serve();
    const client = connect(port, '127.0.0.1', () => client.resetAndDestroy());
    const read = (await connection).read().catch((error) => error.code);
    expect([null, 'ECONNRESET']).toContain(await read);
  });

  test('is closed with its listener', async () => {
    const { port, connection } = await serve();
    const client = connect(port, '127.0.0.1');
    client.resume();
    const closed = event(client, 'close');
    await connection;
    await open.pop()?.close();
    await closed;
    expect(await (await connection).read()).toBeNull();
  });
});

describe('with a certificate', () => {
  test('TLS and plain bytes are taken on the same port', async () => {
    for (const dial of [
      (port: number) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }),
      (port: number) => connect(port, '127.0.0.1'),
    ]) {
      const { port, connection } = await serve(await certificate());
      const client = dial(port);
      client.write('hello');
      const served = await connection;
      expect(new TextDecoder().decode((await served.read()) ?? undefined)).toBe('hello');
      const answer = event(client, 'data');
      served.write(new TextEncoder().encode('hi'));
      expect(String(await answer)).toBe('hi');
      client.destroy();
    }
  });

  test('what only looks like TLS is an error with a code', async () => {
    const { port, connection } = await serve(await certificate());
    const client = connect(port, '127.0.0.1');
    client.on('error', () => {});
    client.write(Uint8Array.of(22, 9, 9, 9, 9, 9, 9, 9, 9, 9));
    const error = await (await connection).read().catch((thrown) => thrown);
    expect(error === null || 'code' in error).toBe(true);
    client.destroy();
  });
});

test('a port that is taken is a failure with a remedy', async () => {
  const { port } = await serve();
  const options = { port, hostname: '127.0.0.1', portSetting: '--rtmp-port', onConnection: () => {} };
  const error = await listenTcp(options).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  expect(error).toMatchObject({ code: 'port-taken', remedy: expect.stringContaining('--rtmp-port') });
});
