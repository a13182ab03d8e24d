import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { brokenBytes, FUZZ_RUNS } from '../../tests/broken-bytes.ts';
import type { Version } from './message.ts';
import { type Mode, type Pair, parse, print, type Transport } from './transport.ts';

const interleaved = (channels: Pair | null, mode: Mode): Transport => ({
  ...{ kind: 'interleaved', channels, ssrc: null, mode },
});
const unicast = (clientPorts: Pair, mode: Mode, more: object = {}): Transport => ({
  ...{ kind: 'unicast', destination: null, source: null, clientPorts, serverPorts: null, ssrc: null, mode },
  ...more,
});
const multicast = (more: object = {}): Transport => ({
  ...{ kind: 'multicast', destination: null, source: null, ports: null, ttl: null, ssrc: null, mode: 'play' },
  ...more,
});

describe('a Transport header', () => {
  test.each<[string, readonly Transport[]]>([
    ['RTP/AVP/TCP;unicast;interleaved=0-1;mode=record', [interleaved([0, 1], 'record')]],
    ['RTP/AVP/TCP;unicast;mode=record', [interleaved(null, 'record')]],
    ['RTP/AVP;unicast;client_port=5000-5001;mode="RECORD"', [unicast([5000, 5001], 'record')]],
    ['RTP/AVP/UDP;unicast;client_port=5000-5001;mode=receive', [unicast([5000, 5001], 'record')]],
    ['rtp/avp; unicast; client_port=5000', [unicast([5000, 5001], 'play')]],
    ['RTP/AVP;multicast', [multicast()]],
    ['RTP/AVP;multicast;ttl=300;port=5004', [multicast({ ports: [5004, 5005] })]],
    ['RTP/AVP;unicast;client_port=1-2;destination=<script>;ssrc=xyz', [unicast([1, 2], 'play')]],
    [
      'RTP/AVP/UDP;unicast;dest_addr="192.0.2.5:3456"/"192.0.2.5:3457";mode="PLAY"',
      [unicast([3456, 3457], 'play', { destination: '192.0.2.5' })],
    ],
    ['RTP/AVP;unicast;dest_addr=":3456"', [unicast([3456, 3457], 'play')]],
    ['RTP/AVP;unicast;dest_addr="[::1:3456"', []],
    ['RTP/SAVP;unicast;client_port=1-2, RTP/AVP/TCP;interleaved=2-3', [interleaved([2, 3], 'play')]],
    [
      'RTP/AVP;unicast;client_port=5000-5001;mode=record,RTP/AVP/TCP;unicast;mode=record',
      [unicast([5000, 5001], 'record'), interleaved(null, 'record')],
    ],
    ['RTP/AVP/TCP;interleaved=0-256', []],
    ['RTP/AVP;unicast;client_port=70000-70001', []],
    ['RTP/AVP;unicast', []],
    ['RTP/AVP/TCP;interleaved=a-b', []],
    ['RTP/AVP/TCP;unicast;mode=dance', []],
    ['', []],
  ])('%s', (header, transports) => {
    expect(parse(header)).toEqual(transports);
  });

  test.each<[Version, string, Transport]>([
    ['1.0', 'RTP/AVP/TCP;unicast;interleaved=4-5;mode=record', interleaved([4, 5], 'record')],
    ['1.0', 'RTP/AVP/TCP;unicast;mode=play', interleaved(null, 'play')],
    [
      '1.0',
      'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=0000BEEF;mode=play',
      { ...interleaved([0, 1], 'play'), ssrc: 0xbeef },
    ],
    [
      '1.0',
      'RTP/AVP;unicast;client_port=6970-6971;server_port=40000-40001;mode=record',
      unicast([6970, 6971], 'record', { serverPorts: [40_000, 40_001] }),
    ],
    [
      '1.0',
      'RTP/AVP;unicast;destination=::1;client_port=1-2;source=::2;server_port=3-4;ssrc=FFFFFFFF;mode=play',
      unicast([1, 2], 'play', { destination: '::1', source: '::2', serverPorts: [3, 4], ssrc: 0xffff_ffff }),
    ],
    [
      '1.0',
      'RTP/AVP;multicast;destination=239.0.0.1;port=5004-5005;source=192.0.2.1;ttl=16;mode=play',
      multicast({ destination: '239.0.0.1', source: '192.0.2.1', ports: [5004, 5005], ttl: 16 }),
    ],
    ['2.0', 'RTP/AVP/TCP;unicast;interleaved=0-1;mode="PLAY"', interleaved([0, 1], 'play')],
    [
      '2.0',
      'RTP/AVP;unicast;dest_addr=":6970"/":6971";src_addr="192.0.2.1:8000"/"192.0.2.1:8001";ssrc=00000007;mode="PLAY"',
      unicast([6970, 6971], 'play', { source: '192.0.2.1', serverPorts: [8000, 8001], ssrc: 7 }),
    ],
    [
      '2.0',
      'RTP/AVP;unicast;dest_addr="[2001:db8::1]:1"/"[2001:db8::1]:2";mode="PLAY"',
      unicast([1, 2], 'play', { destination: '2001:db8::1' }),
    ],
    [
      '2.0',
      'RTP/AVP;multicast;dest_addr="224.2.0.1:3456"/"224.2.0.1:3457";ttl=127;mode="PLAY"',
      multicast({ destination: '224.2.0.1', ports: [3456, 3457], ttl: 127 }),
    ],
  ])('of %s: %s', (version, header, transport) => {
    expect(print(transport, version)).toBe(header);
    expect(parse(header)).toEqual([transport]);
  });

  test('has several ways between commas', () => {
    const ways = [interleaved([4, 5], 'record'), unicast([1, 2], 'play'), multicast({ ttl: 1 })];
    expect(parse(ways.map((way) => print(way)).join(','))).toEqual(ways);
  });

  test('of any text is a list', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (header) =>
        Array.isArray(parse(header)),
      ),
      { numRuns: FUZZ_RUNS },
    );
  });

  test('of which bytes are changed is a list that can be printed', () => {
    const header =
      'RTP/AVP;unicast;dest_addr="[::1]:3456"/"[::1]:3457";src_addr=":1"/":2";ssrc=ABCDEF01;mode="PLAY"';
    brokenBytes(new TextEncoder().encode(header), (bytes) => {
      for (const transport of parse(new TextDecoder().decode(bytes)))
        for (const version of ['1.0', '2.0'] as const)
          expect(parse(print(transport, version))).toEqual([transport]);
    });
  });
});
