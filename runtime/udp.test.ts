import { describe, expect, test } from 'bun:test';
import { Failure } from './failure.ts';
import { mappedAddress, plainAddress } from './plain-address.ts';
import { openUdp, type UdpAddress } from './udp.ts';
import { bindDgram } from './udp-dgram.ts';
import { type Datagrams, PlainTargets } from './udp-targets.ts';

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

/** Ports that keep what they hear, and resolve when they have heard `count`. */
async function openReceivers(receivers: number, count: number, hostname = '127.0.0.1') {
  const { promise, resolve } = Promise.withResolvers<void>();
  const heard = Array.from({ length: receivers }, (): Uint8Array[] => []);
  let rest = count;
  const sockets = await Promise.all(
    heard.map((own) =>
      open(hostname, (datagram) => {
        own.push(datagram);
        rest -= 1;
        if (rest === 0) resolve();
      }),
    ),
  );
  const close = () => Promise.all(sockets.map((socket) => socket.close()));
  return { heard, ports: sockets.map(({ port }) => port), all: promise, close };
}

/** Datagrams one behind the other in one buffer, and one that stands alone. */
function rowOf(sizes: readonly number[]): readonly Uint8Array[] {
  const buffer = new ArrayBuffer(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  const row = sizes.map((size, index) => {
    const datagram = new Uint8Array(buffer, at, size).fill(index + 1);
    at += size;
    return datagram;
  });
  return [...row, Uint8Array.of(99, 98)];
}

const openSender = (hostname: string) =>
  openUdp({ port: 0, hostname, portSetting: 'none', onDatagram: () => {}, onDrain: () => {} });

describe('many datagrams to many addresses', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1', [1_200, 1_200, 1_200, 700]],
    ['::', '127.0.0.1', [1_200, 1_200, 300, 1_200]],
    ['::', '::1', Array.from({ length: 40 }, () => 200)],
    ['::', '127.0.0.1', [1]],
  ])('from %s to %s all arrive as they were', async (from, to, sizes) => {
    const row = rowOf(sizes);
    const { heard, ports, all, close } = await openReceivers(5, 5 * row.length, to);
    const sender = await openSender(from);
    const targets = sender.targets(ports.map((port) => ({ address: to, port })));
    for (let sent = 0; sent < 5 * row.length; ) sent += targets.send(row, sent);
    await all;
    for (const own of heard) expect(own).toEqual([...row]);
    await Promise.all([sender.close(), close()]);
  });

  test('go on where it was told, also in the midst of a row', async () => {
    const row = rowOf([10, 10, 10, 10]);
    const { heard, ports, all, close } = await openReceivers(2, 7);
    const sender = await openSender('127.0.0.1');
    const targets = sender.targets(ports.map((port) => ({ address: '127.0.0.1', port })));
    for (let sent = 3; sent < 2 * row.length; ) sent += targets.send(row, sent);
    await all;
    expect(heard.flat()).toHaveLength(7);
    await Promise.all([sender.close(), close()]);
  });

  test('are not stopped by one where nobody listens', async () => {
    const row = rowOf([50, 50]);
    const { heard, ports, all, close } = await openReceivers(2, 6);
    const gone = await openReceivers(1, 1);
    await gone.close();
    const [first = 0, second = 0] = ports;
    const sender = await openSender('127.0.0.1');
    const targets = sender.targets(
      [first, gone.ports[0] ?? 9, second].map((port) => ({ address: '127.0.0.1', port })),
    );
    for (let sent = 0; sent < 3 * row.length; ) {
      try {
        sent += targets.send(row, sent);
      } catch {
        // What it says is of the one that is gone; it is told once.
      }
    }
    await all;
    for (const own of heard) expect(own).toEqual([...row]);
    await Promise.all([sender.close(), close()]);
  });

  test('are offered as datagram, port and address, again from where the system stopped', () => {
    const offered: Datagrams[] = [];
    const targets = new PlainTargets(
      [1, 2, 3].map((port) => ({ address: 'there', port })),
      (datagrams) => {
        offered.push([...datagrams]);
        return Math.min(2, datagrams.length / 3);
      },
    );
    const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];
    const sent = [one, two];
    for (let at = 0; at < 6; ) at += targets.send(sent, at);
    const pairs = offered.map((call) => [call[0], call[1], call.length / 3]);
    expect(pairs).toEqual([
      [one, 1, 6],
      [one, 3, 4],
      [two, 2, 2],
    ]);
  });

  test.each(['127.0.0.1', '::'])('go through node:dgram of %s on other runtimes', async (hostname) => {
    const row = rowOf([1_200, 1_200, 700]);
    const { heard, ports, all, close } = await openReceivers(3, 3 * row.length);
    const sender = await bindDgram({ port: 0, hostname, portSetting: 'none', onDatagram: () => {} });
    const targets = sender.targets(ports.map((port) => ({ address: '127.0.0.1', port })));
    for (let sent = 0; sent < 3 * row.length; ) sent += targets.send(row, sent);
    await all;
    for (const own of heard) expect(own).toEqual([...row]);
    expect(() => sender.setMulticast({ ttl: 2, interfaceAddress: null, loopback: true })).not.toThrow();
    await Promise.all([sender.close(), close()]);
  });

  test('through node:dgram wait when it holds too many, and go on when it has sent some', async () => {
    const { ports, close } = await openReceivers(1, 1);
    const drained = Promise.withResolvers<void>();
    const sender = await bindDgram({
      ...{ port: 0, hostname: '127.0.0.1', portSetting: 'none', onDatagram: () => {} },
      onDrain: () => drained.resolve(),
    });
    const targets = sender.targets([{ address: '127.0.0.1', port: ports[0] ?? 0 }]);
    expect(targets.send(rowOf([10, 10]), 0)).toBe(3);
    await drained.promise;
    await Promise.all([sender.close(), close()]);
  });

  test('reach a group, with the reach that is set', async () => {
    const sender = await openSender('0.0.0.0');
    expect(() =>
      sender.setMulticast({ ttl: 3, interfaceAddress: '127.0.0.1', loopback: true }),
    ).not.toThrow();
    await sender.close();
  });
});

test.each([
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8::7', '2001:db8::7'],
  ['::ffff:0:1', '::ffff:0:1'],
])('the address %s is written %s', (address, written) => {
  expect(plainAddress(address)).toBe(written);
  expect(plainAddress(mappedAddress(written))).toBe(written);
});
