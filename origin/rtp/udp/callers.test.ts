import { describe, expect, test } from 'bun:test';
import type { UdpAddress } from '../../../runtime/udp.ts';
import { Callers } from './callers.ts';

const at = (port: number, address = '192.0.2.1'): UdpAddress => ({ address, port });
const DATAGRAM = Uint8Array.of(1);

function listen() {
  const callers = new Callers();
  const said: string[] = [];
  const add = (name: string, from: UdpAddress) => callers.add(from, () => said.push(name));
  return { callers, said, add };
}

describe('who calls', () => {
  test('is found by where it said that it is', () => {
    const { callers, said, add } = listen();
    add('one', at(5000));
    add('two', at(6000));
    expect(callers.hear(DATAGRAM, at(6000))).toBe(true);
    expect(said).toEqual(['two']);
  });

  test.each([
    ['from another port: it is another player at the same address', at(41_000)],
    ['from another address', at(5000, '192.0.2.2')],
  ])('is nobody %s', (_, from) => {
    const { callers, said, add } = listen();
    add('one', at(5000));
    expect(callers.hear(DATAGRAM, from)).toBe(false);
    expect(said).toEqual([]);
  });

  test('is nobody any more when it has left, unless another took its place', () => {
    const { callers, said, add } = listen();
    const leave = add('one', at(5000));
    const leaveLater = add('two', at(5000));
    leave();
    expect(callers.hear(DATAGRAM, at(5000))).toBe(true);
    leaveLater();
    expect(callers.hear(DATAGRAM, at(5000))).toBe(false);
    expect(said).toEqual(['two']);
  });
});
