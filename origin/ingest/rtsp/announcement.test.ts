import { describe, expect, test } from 'bun:test';
import { headersOf, type Request } from '../../../media/rtsp/message.ts';
import { readAnnouncement } from './announcement.ts';

const SDP = { 'Content-Type': 'application/sdp' };
const announce = (lines: readonly string[], fields: Readonly<Record<string, string>> = SDP): Request => ({
  kind: 'request',
  method: 'ANNOUNCE',
  uri: 'rtsp://host/studio',
  version: '1.0',
  headers: headersOf(fields),
  body: new TextEncoder().encode(lines.join('\r\n')),
});
const H264 = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=control:one'];

describe('an announcement', () => {
  test('says which streams come, those that nobody takes among them', () => {
    const read = readAnnouncement(
      announce(['v=0', ...H264, 'm=application 0 RTP/AVP 98', 'a=rtpmap:98 vnd.onvif.metadata/90000']),
    );
    const streams = read.kind === 'streams' ? read.streams : [];
    expect(streams.map(({ control, receiver }) => [control, receiver !== null])).toEqual([
      ['one', true],
      [null, false],
    ]);
  });

  test.each<[string, Request, number, string]>([
    ['of another type', announce(['v=0', ...H264], { 'Content-Type': 'text/plain' }), 415, 'application/sdp'],
    ['without a type', announce(['v=0', ...H264], {}), 415, 'application/sdp'],
    ['that can not be read', announce(['hello']), 400, 'can not be read'],
    ['of nothing', announce(['v=0']), 415, 'neither'],
    ['of metadata alone', announce(['v=0', 'm=application 0 RTP/AVP 98']), 415, 'neither'],
    ['of another codec', announce(['v=0', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 VP8/90000']), 415, 'VP8'],
    ['of too many', announce(['v=0', ...Array.from({ length: 9 }, () => H264).flat()]), 415, 'more than 8'],
  ])('%s is refused', (_, request, status, why) => {
    const read = readAnnouncement(request);
    expect(read.kind === 'refused' && read.status).toBe(status);
    expect(read.kind === 'refused' && read.reason).toContain(why);
  });
});
