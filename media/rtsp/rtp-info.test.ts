import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import type { Version } from './message.ts';
import { parse, print, type StreamInfo } from './rtp-info.ts';

const info = (
  url: string,
  sequence: number | null,
  timestamp: number | null,
  ssrc: number | null = null,
) => ({
  ...{ url, ssrc, sequence, timestamp },
});

const CASES: readonly (readonly [Version, string, readonly StreamInfo[]])[] = [
  ['1.0', 'url=rtsp://a/v;seq=65535;rtptime=4294967295', [info('rtsp://a/v', 65_535, 4_294_967_295)]],
  [
    '1.0',
    'url=rtsp://a/v/0;seq=1;rtptime=2,url=rtsp://a/v/1;seq=3;rtptime=4',
    [info('rtsp://a/v/0', 1, 2), info('rtsp://a/v/1', 3, 4)],
  ],
  ['1.0', 'url=rtsp://a/v;seq=1', [info('rtsp://a/v', 1, null)]],
  ['1.0', 'url=rtsp://a/v,0;x=1?b=2', [info('rtsp://a/v,0;x=1?b=2', null, null)]],
  [
    '2.0',
    'url="rtsp://a/v" ssrc=0D12F123:seq=5712;rtptime=934207921',
    [info('rtsp://a/v', 5_712, 934_207_921, 0x0d12f123)],
  ],
  [
    '2.0',
    'url="rtsp://a/0" ssrc=00000001:seq=1;rtptime=2,url="rtsp://a/1" ssrc=FFFFFFFF:seq=3',
    [info('rtsp://a/0', 1, 2, 1), info('rtsp://a/1', 3, null, 0xffff_ffff)],
  ],
  ['2.0', 'url="rtsp://a/0"', [info('rtsp://a/0', null, null)]],
];

describe('RTP-Info', () => {
  test.each(CASES)('of %s: %s', (version, header, streams) => {
    expect(parse(header)).toEqual([...streams]);
    expect(print(streams, version)).toBe(header);
  });

  test.each<[string, readonly StreamInfo[]]>([
    ['', []],
    ['url=', []],
    ['seq=1', []],
    ['url=a;seq=70000;rtptime=4294967296', [info('a', null, null)]],
    ['URL = a ; SEQ = 7 ; rtptime=x', [info('a', 7, null)]],
    ['url="a" ssrc=1:seq=2 ssrc=3:seq=4', [info('a', 2, null, 1)]],
  ])('%j is read as far as it can be', (header, streams) => {
    expect(parse(header)).toEqual([...streams]);
  });

  test.each(CASES)('of %s may be of any bytes: %s', (_, header) => {
    brokenBytes(new TextEncoder().encode(header), (bytes) => parse(new TextDecoder().decode(bytes)));
  });
});
