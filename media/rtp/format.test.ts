import { describe, expect, test } from 'bun:test';
import type { Media } from '../sdp/media.ts';
import { parse } from '../sdp/session.ts';
import { readFormat } from './format.ts';

const mediaOf = (kind: string, type: number, map: string, parameters: string): Media => {
  const lines = [
    ...['v=0', `m=${kind} 0 RTP/AVP ${type}`],
    ...(map === '' ? [] : [`a=rtpmap:${type} ${map}`]),
    ...(parameters === '' ? [] : [`a=fmtp:${type} ${parameters}`]),
  ];
  const [media] = parse(lines.join('\r\n')).media;
  if (media === undefined) throw new Error('no media');
  return media;
};

describe('a format', () => {
  test.each<[string, string, number, string, object]>([
    [
      'H264/90000',
      'packetization-mode=1;sprop-parameter-sets=Z2Q=,aA==,!',
      96,
      'video',
      { codec: 'h264', parameterSets: [Uint8Array.of(0x67, 0x64), Uint8Array.of(0x68)] },
    ],
    [
      'H265/90000',
      'sprop-vps=QA==;sprop-sps=Qg==;sprop-pps=RA==',
      96,
      'video',
      { codec: 'hevc', parameterSets: [Uint8Array.of(0x40), Uint8Array.of(0x42), Uint8Array.of(0x44)] },
    ],
    ['h265/90000', '', 96, 'video', { codec: 'hevc', parameterSets: [] }],
    ['VP9/90000', '', 96, 'video', { codec: 'vp9' }],
    ['AV1/90000', '', 96, 'video', { codec: 'av1' }],
    [
      'MPEG4-GENERIC/48000/2',
      'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190',
      97,
      'audio',
      { codec: 'aac', config: Uint8Array.of(0x11, 0x90), sizes: { size: 13, index: 3, indexDelta: 3 } },
    ],
    [
      'MP4A-LATM/48000/2',
      'cpresent=0;config=400023203fc0',
      97,
      'audio',
      { codec: 'latm', config: Uint8Array.of(0x11, 0x90) },
    ],
    ['MPA/90000', '', 97, 'audio', { codec: 'mp3' }],
    ['', '', 14, 'audio', { codec: 'mp3' }],
    ['opus/48000/2', 'sprop-stereo=1', 97, 'audio', { codec: 'opus' }],
  ])('%s; %s', (map, parameters, type, kind, payload) => {
    const read = readFormat(mediaOf(kind, type, map, parameters));
    expect(read).toMatchObject({ kind: 'format', format: { kind, payloadType: type, payload } });
  });

  test.each<[string, string, number, string]>([
    ['H264/90000', 'packetization-mode=2', 96, 'interleaved'],
    ['H265/90000', 'sprop-max-don-diff=1', 96, 'order'],
    ['MP4V-ES/90000', '', 96, 'MP4V-ES is not taken: send H.264'],
    ['', '', 0, 'PCMU'],
    ['', '', 77, 'payload type 77'],
    ['MPEG4-GENERIC/48000/2', 'mode=AAC-hbr', 97, 'config'],
    ['MPEG4-GENERIC/48000/2', 'mode=AAC-hbr;config=11', 97, 'config'],
    ['MPEG4-GENERIC/48000/2', 'mode=CELP-cbr;config=1190', 97, 'another mode than AAC-hbr'],
    ['MPEG4-GENERIC/48000/2', 'config=1190;sizelength=99', 97, 'headers'],
    ['MP4A-LATM/48000/2', '', 97, 'mpeg4-generic'],
    ['MP4A-LATM/48000/2', 'cpresent=0;config=4', 97, 'mpeg4-generic'],
  ])('%s; %s is refused', (map, parameters, type, why) => {
    const read = readFormat(mediaOf('video', type, map, parameters));
    expect(read.kind === 'refused' && read.reason).toContain(why);
  });

  test('that is none is refused', () => {
    expect(readFormat({ ...mediaOf('video', 96, '', ''), formats: [] }).kind).toBe('refused');
  });
});
