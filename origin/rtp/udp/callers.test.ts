import { describe, expect, test } from 'bun:test';
import type { UdpAddress } from '../../../runtime/udp.ts';
import { Callers } from './callers.ts';

const at = (port: number, address = '192.0.2.1'): UdpAddress => ({ address, port });
const DATAGRAM = Uint8Array.of(1);

function listen() {
  const callers = new Callers();
  const said: string[] = [];
  const add = (name: string, from: UdpAddress) =>
    callers.add(
      from,
      ({ port }) => said.push(`${name} moved to ${port}`),
      () => said.push(`${name} called`),
    );
  return { callers, said, add };
}

describe('who calls', () => {
  test('is found by where it said that it is', () => {
    const { callers, said, add } = listen();
    add('one', at(5000));
    add('two', at(6000));
    expect(callers.hear(DATAGRAM, at(6000))).toBe(true);
    expect(said).toEqual(['two called']);
  });

  test('may have been given another port, by which it is known from then on', () => {
    const { callers, said, add } = listen();
    const leave = add('one', at(5000));
    callers.hear(DATAGRAM, at(41_000));
    callers.hear(DATAGRAM, at(41_000));
    expect(said).toEqual(['one moved to 41000', 'one called', 'one called']);
    expect(callers.hear(DATAGRAM, at(42_000))).toBe(false);
    leave();
    expect(callers.hear(DATAGRAM, at(41_000))).toBe(false);
  });

  test('is nobody from another address', () => {
    const { callers, said, add } = listen();
    add('one', at(5000));
    expect(callers.hear(DATAGRAM, at(5000, '192.0.2.2'))).toBe(false);
    expect(said).toEqual([]);
  });

  test('is nobody where it could be one of two', () => {
    const { callers, add } = listen();
    add('one', at(5000));
    add('two', at(6000));
    expect(callers.hear(DATAGRAM, at(41_000))).toBe(false);
    callers.hear(DATAGRAM, at(5000));
    expect(callers.hear(DATAGRAM, at(41_000))).toBe(true);
  });
});
