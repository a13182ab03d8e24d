import { expect, test } from 'bun:test';
import { withPublicAddresses } from './addresses.ts';

const ANSWER = [
  'v=0',
  'm=video 9 UDP/TLS/RTP/SAVPF 102',
  'a=candidate:aa 1 udp 2116026367 127.0.0.1 5000 typ host generation 0',
  'a=candidate:bb 1 udp 2116026367 10.0.0.5 5001 typ host generation 0',
  'a=candidate:cc 1 udp 2116026367 fd00::2 5002 typ host generation 0',
  '',
].join('\r\n');

test('public addresses stand beside those of the machine, with the same port', () => {
  const lines = withPublicAddresses(ANSWER, ['203.0.113.7', '2001:db8::7']).split('\r\n');
  expect(lines.filter((line) => line.includes('candidate'))).toEqual([
    'a=candidate:aa 1 udp 2116026367 127.0.0.1 5000 typ host generation 0',
    'a=candidate:bb0 1 udp 2116026367 203.0.113.7 5001 typ host generation 0',
    'a=candidate:bb 1 udp 2116026367 10.0.0.5 5001 typ host generation 0',
    'a=candidate:cc0 1 udp 2116026367 2001:db8::7 5002 typ host generation 0',
    'a=candidate:cc 1 udp 2116026367 fd00::2 5002 typ host generation 0',
  ]);
});
