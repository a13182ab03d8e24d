import { describe, expect, test } from 'bun:test';
import { Failure } from './failure.ts';
import { openUdp, type UdpAddress } from './udp.ts';

const open = (
  hostname: string,
  onDatagram: (datagram: Uint8Array, from: UdpAddress) => void = () => {},
  port = 0,
) => openUdp({ port, hostname, portSetting: '--some-port', onDatagram });

describe('a port for datagrams', () => {
  test.each(['127.0.0.1', '::'])('on %s takes what is sent, and can answer', async (hostname) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const server = await open(hostname, (datagram, from) => server.send(datagram, from));
    const client = await open('127.0.0.1', (datagram) => resolve(new TextDecoder().decode(datagram)));
    client.send(new TextEncoder().encode('hello'), { address: '127.0.0.1', port: server.port });
    expect(await promise).toBe('hello');
    await Promise.all([server.close(), client.close()]);
  });

  test('keeps what was taken as it was', async () => {
    const taken: Uint8Array[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = await open('127.0.0.1', (datagram) => {
      taken.push(datagram);
      if (taken.length === 2) resolve();
    });
    const client = await open('127.0.0.1');
    for (const byte of [1, 2])
      client.send(Uint8Array.of(byte, byte), { address: '127.0.0.1', port: server.port });
    await promise;
    expect(taken.map((one) => [...one])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    await Promise.all([server.close(), client.close()]);
  });

  test('of a group takes what is sent to the group, and shares it', async () => {
    const first = Promise.withResolvers<string>();
    const second = Promise.withResolvers<string>();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const one = await open('239.255.77.1', (datagram) => first.resolve(text(datagram)));
    const other = await open('239.255.77.1', (datagram) => second.resolve(text(datagram)), one.port);
    const client = await open('0.0.0.0');
    client.send(new TextEncoder().encode('to all'), { address: '239.255.77.1', port: one.port });
    expect(await Promise.all([first.promise, second.promise])).toEqual(['to all', 'to all']);
    await Promise.all([one.close(), other.close(), client.close()]);
  });

  test('that is taken is a Failure that names the setting', async () => {
    const first = await open('127.0.0.1');
    const error = await open('127.0.0.1', () => {}, first.port).catch((one) => one);
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ code: 'port-taken', remedy: expect.stringContaining('--some-port') });
    await first.close();
  });

  test('of an address that is not ours is a Failure', async () => {
    const error = await open('203.0.113.9').catch((one) => one);
    expect(error).toMatchObject({ code: 'address-unavailable' });
  });
});
