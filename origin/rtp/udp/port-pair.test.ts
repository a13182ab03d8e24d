import { expect, test } from 'bun:test';
import { openUdp } from '../../../runtime/udp.ts';
import { openPortPair } from './port-pair.ts';

test.each(['127.0.0.1', '::'])(
  'two ports of %s are neighbours, the first is even, and both hear',
  async (hostname) => {
    const heard = { packet: Promise.withResolvers<string>(), control: Promise.withResolvers<string>() };
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const pair = await openPortPair({
      hostname,
      onPacket: (datagram) => heard.packet.resolve(text(datagram)),
      onControl: (datagram) => heard.control.resolve(text(datagram)),
    });
    const [packets, control] = pair.ports;
    expect([packets % 2, control - packets]).toEqual([0, 1]);
    const answer = Promise.withResolvers<string>();
    const peer = await openUdp({
      port: 0,
      hostname: '127.0.0.1',
      portSetting: 'none',
      onDatagram: (datagram) => answer.resolve(text(datagram)),
    });
    for (const [index, port] of pair.ports.entries())
      peer.send(new TextEncoder().encode(`to ${index}`), { address: '127.0.0.1', port });
    expect(await Promise.all([heard.packet.promise, heard.control.promise])).toEqual(['to 0', 'to 1']);
    pair.control.send(new TextEncoder().encode('report'), { address: '127.0.0.1', port: peer.port });
    expect(await answer.promise).toBe('report');
    await Promise.all([pair.close(), peer.close()]);
  },
);
