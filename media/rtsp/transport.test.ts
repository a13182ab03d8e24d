import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { FUZZ_RUNS } from '../../tests/broken-bytes.ts';
import { parse, print, type Transport } from './transport.ts';

const interleaved = (channels: readonly [number, number] | null, mode: 'play' | 'record'): Transport => ({
  kind: 'interleaved',
  channels,
  mode,
});
const unicast = (clientPorts: readonly [number, number], mode: 'play' | 'record'): Transport => ({
  kind: 'unicast',
  clientPorts,
  serverPorts: null,
  mode,
});

describe('a Transport header', () => {
  test.each<[string, readonly Transport[]]>([
    ['RTP/AVP/TCP;unicast;interleaved=0-1;mode=record', [interleaved([0, 1], 'record')]],
    ['RTP/AVP/TCP;unicast;mode=record', [interleaved(null, 'record')]],
    ['RTP/AVP;unicast;client_port=5000-5001;mode="RECORD"', [unicast([5000, 5001], 'record')]],
    ['RTP/AVP/UDP;unicast;client_port=5000-5001;mode=receive', [unicast([5000, 5001], 'record')]],
    ['rtp/avp; unicast; client_port=5000', [unicast([5000, 5001], 'play')]],
    ['RTP/AVP;multicast', [{ kind: 'multicast', mode: 'play' }]],
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

  test('that is printed is parsed as it was', () => {
    const transports: readonly Transport[] = [
      interleaved([4, 5], 'record'),
      interleaved(null, 'play'),
      { kind: 'unicast', clientPorts: [6970, 6971], serverPorts: [40_000, 40_001], mode: 'record' },
      { kind: 'multicast', mode: 'play' },
    ];
    expect(parse(transports.map(print).join(','))).toEqual(transports);
  });

  test('of any text is a list', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (header) =>
        Array.isArray(parse(header)),
      ),
      { numRuns: FUZZ_RUNS },
    );
  });
});
