import { describe, expect, test } from 'bun:test';
import { isGroup, parse, type RtpOutput } from './rtp-output.ts';

const USUAL: RtpOutput = {
  address: '239.0.0.1',
  port: 5004,
  ttl: 1,
  interface: null,
  container: 'rtp',
  video: null,
  audio: null,
};

describe('an output over RTP', () => {
  test.each<[string, RtpOutput]>([
    ['rtp://239.0.0.1:5004', USUAL],
    ['rtp://239.0.0.1:5004/', USUAL],
    ['rtp://192.0.2.7:6000', { ...USUAL, address: '192.0.2.7', port: 6000 }],
    ['rtp://[ff15::1]:5004', { ...USUAL, address: 'ff15::1' }],
    ['rtp://[2001:db8::7]:5004', { ...USUAL, address: '2001:db8::7' }],
    ['rtp://239.0.0.1:5004?ttl=4&container=ts', { ...USUAL, ttl: 4, container: 'ts' }],
    ['rtp://239.0.0.1:5004?video=v720&audio=none', { ...USUAL, video: 'v720', audio: 'none' }],
    ['rtp://239.0.0.1:5004?interface=192.0.2.1', { ...USUAL, interface: '192.0.2.1' }],
    ['rtp://[ff15::1]:5004?interface=eth0', { ...USUAL, address: 'ff15::1', interface: 'eth0' }],
  ])('%s is read', (text, output) => {
    expect(parse(text)).toEqual({ kind: 'output', output });
  });

  test.each([
    ['rtp://239.0.0.1', 'is not rtp://'],
    ['udp://239.0.0.1:5004', 'is not rtp://'],
    ['rtp://239.0.0.1:5004/path', 'is not rtp://'],
    ['rtp://239.0.0.1:0', 'the port is'],
    ['rtp://239.0.0.1:65534', 'the port is'],
    ['rtp://239.0.0.1:99999', 'the port is'],
    ['rtp://239.0.0.1:5005', 'must be even'],
    ['rtp://player.example:5004', 'is no address'],
    ['rtp://ff15::1:5004', 'is no address'],
    ['rtp://[239.0.0.1]:5004', 'is no address'],
    ['rtp://300.0.0.1:5004', 'is no address'],
    ['rtp://255.255.255.255:5004', 'nobody in particular'],
    ['rtp://0.0.0.0:5004', 'nobody in particular'],
    ['rtp://[::]:5004', 'nobody in particular'],
    ['rtp://239.0.0.1:5004?ttl=0', 'ttl is 1 to 255'],
    ['rtp://239.0.0.1:5004?ttl=256', 'ttl is 1 to 255'],
    ['rtp://239.0.0.1:5004?ttl=x', 'ttl is 1 to 255'],
    ['rtp://239.0.0.1:5004?container=webm', 'container is'],
    ['rtp://239.0.0.1:5004?interface=eth0', 'interface is an address'],
    ['rtp://[ff15::1]:5004?interface=::1', 'interface is the name'],
    ['rtp://239.0.0.1:5004?hops=4', "there is no 'hops'"],
    ['', 'is not rtp://'],
  ])('%s is refused', (text, reason) => {
    expect(parse(text)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  test.each([
    ['239.0.0.1', true],
    ['224.0.0.251', true],
    ['ff15::1', true],
    ['192.0.2.7', false],
    ['2001:db8::ff15', false],
  ])('%s is a group: %p', (address, group) => {
    expect(isGroup(address)).toBe(group);
  });
});
