import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Format } from '../../media/sdp/media.ts';
import { type OfferParts, offer as offerOf } from '../../tests/offer.ts';
import { readOffer, type Wanted } from './offer.ts';
import { OPUS } from './opus.ts';

const format = (name: string, parameters: Readonly<Record<string, string>> = {}): Format => ({
  payloadType: 96,
  encoding: { name, clockRate: 90_000, channels: 1 },
  parameters: new Map(Object.entries(parameters)),
});

const AVC = format('H264', { 'packetization-mode': '1', 'profile-level-id': '42c01e' });
const MODE_1 = 'H264 packetization-mode=1';

const offer = (parts: OfferParts = {}) => offerOf({ video: [MODE_1], direction: 'recvonly', ...parts });

function taken(sdp: string, wanted: Wanted) {
  const read = readOffer(sdp, wanted);
  if (read.kind === 'refused') throw new Error(`${read.status}: ${read.reason}`);
  return read.offer;
}

/** An answer to a narrowed offer, as far as sections go. */
const answerTo = (sdp: string) => sdp.replaceAll('a=recvonly', 'a=sendonly');
const heads = (sdp: string) => sdp.split('\r\n').filter((line) => line.startsWith('m='));

describe('of a viewer’s offer', () => {
  test.each<[string, Wanted, OfferParts, string | null, string | null]>([
    ['H.264 and Opus', { video: AVC, audio: OPUS.format }, {}, 'H264 100', 'opus 100'],
    ['picture alone', { video: AVC, audio: null }, {}, 'H264 100', null],
    ['sound alone', { video: null, audio: OPUS.format }, {}, null, 'opus 100'],
    ['H.264 in fragments', { video: AVC, audio: null }, { video: ['H264', MODE_1] }, 'H264 101', null],
    [
      'the same profile of H.264',
      { video: AVC, audio: null },
      { video: [`${MODE_1};profile-level-id=640c1f`, `${MODE_1};profile-level-id=42c01f`] },
      'H264 101',
      null,
    ],
    [
      'the profile before its constraints',
      { video: AVC, audio: null },
      { video: [`${MODE_1};profile-level-id=640c1f`, `${MODE_1};profile-level-id=42001f`] },
      'H264 101',
      null,
    ],
    [
      'another profile where there is none of it',
      { video: AVC, audio: null },
      { video: ['VP8', `${MODE_1};profile-level-id=640c1f`] },
      'H264 101',
      null,
    ],
    [
      'VP9 of 8 bits',
      { video: format('VP9'), audio: null },
      { video: ['VP9 profile-id=2', 'VP9'] },
      'VP9 101',
      null,
    ],
    [
      'VP9 of 10 bits',
      { video: format('VP9', { 'profile-id': '2' }), audio: null },
      { video: ['VP9', 'VP9 profile-id=2'] },
      'VP9 101',
      null,
    ],
    [
      'AV1',
      { video: format('AV1'), audio: null },
      { video: ['AV1 level-idx=5;profile=0;tier=0'] },
      'AV1 100',
      null,
    ],
    [
      'HEVC',
      { video: format('H265'), audio: null },
      { video: ['VP8', 'H265 profile-id=1'] },
      'H265 101',
      null,
    ],
    ['what may also send', { video: AVC, audio: null }, { direction: 'sendrecv' }, 'H264 100', null],
  ])('%s is taken', (_, wanted, parts, video, audio) => {
    const { agreed } = taken(offer(parts), wanted);
    expect(agreed.video && `${agreed.video.name} ${agreed.video.payloadType}`).toBe(video);
    expect(agreed.audio && `${agreed.audio.name} ${agreed.audio.payloadType}`).toBe(audio);
  });

  test('what is sent again has the payload type that belongs to the picture', () => {
    const video = ['VP8', 'rtx apt=100', MODE_1, 'rtx apt=102'];
    const { agreed, sdp } = taken(offer({ video }), { video: AVC, audio: null });
    expect(agreed.video).toEqual({ name: 'H264', payloadType: 102, repairType: 103 });
    expect(heads(sdp)).toEqual(['m=video 9 UDP/TLS/RTP/SAVPF 102 103']);
  });

  test('what is not sent is declined at its place', () => {
    const data = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data\r\n';
    const second = offer({ audio: null })
      .replace(/^[\s\S]*?(?=m=)/, '')
      .replace('a=mid:1', 'a=mid:2');
    const { sdp, complete, mid } = taken(offer() + data + second, { video: AVC, audio: null });
    expect(heads(sdp)).toEqual(['m=video 9 UDP/TLS/RTP/SAVPF 100']);
    expect(mid).toBe('1');
    const answer = complete(answerTo(sdp));
    expect(heads(answer)).toEqual([
      'm=audio 0 UDP/TLS/RTP/SAVPF 100',
      'm=video 9 UDP/TLS/RTP/SAVPF 100',
      'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
      'm=video 0 UDP/TLS/RTP/SAVPF 100',
    ]);
    expect([...answer.matchAll(/a=mid:(\w+)/g)].map(([, name]) => name)).toEqual(['0', '1', 'data', '2']);
    expect(answer.match(/a=inactive/g)?.length).toBe(3);
  });

  test('sections of a bundle need not say how they are carried, and the first need not be the one that is sent', () => {
    const bundled = offer().replace(/m=video 9([\s\S]*)$/, (section) =>
      section
        .replace('m=video 9', 'm=video 0')
        .replaceAll(/a=(?:ice|fingerprint|setup).*\r\n/g, '')
        .replace('a=mid:1', 'a=mid:1\r\na=bundle-only'),
    );
    const { sdp } = taken(bundled, { video: AVC, audio: null });
    expect(heads(sdp)).toEqual(['m=video 9 UDP/TLS/RTP/SAVPF 100']);
    for (const need of ['a=ice-ufrag:abcd', 'a=ice-pwd:', 'a=fingerprint:', 'a=setup:actpass'])
      expect(sdp.split(need).length).toBe(2);
  });

  test.each<[string, string, Wanted, 400 | 422, RegExp]>([
    ['nothing', '', { video: AVC, audio: null }, 400, /not an SDP offer/],
    ['JSON', '{"type":"offer"}', { video: AVC, audio: null }, 400, /not an SDP offer/],
    ['no media', 'v=0\r\ns=-\r\n', { video: AVC, audio: null }, 400, /no media/],
    [
      'too much media',
      offer() + 'm=video 9 x 1\r\n'.repeat(20),
      { video: AVC, audio: null },
      400,
      /more than 16/,
    ],
    ['no ICE', offer().replaceAll(/a=ice-ufrag.*\r\n/g, ''), { video: AVC, audio: null }, 400, /a=ice-ufrag/],
    [
      'no fingerprint',
      offer().replaceAll(/a=fingerpr.*\r\n/g, ''),
      { video: AVC, audio: null },
      400,
      /a=fingerprint/,
    ],
    ['a publisher', offer({ direction: 'sendonly' }), { video: AVC, audio: null }, 422, /receives no audio/],
    ['nobody', offer({ direction: 'inactive' }), { video: AVC, audio: null }, 422, /receives no audio/],
    ['VP8', offer({ video: ['VP8'] }), { video: AVC, audio: null }, 422, /video is H.264.*not take.*VP8/],
    ['whole units', offer({ video: ['H264'] }), { video: AVC, audio: null }, 422, /H.264/],
    ['no HEVC', offer(), { video: format('H265'), audio: null }, 422, /video is HEVC.*it has H264/],
    ['no sound', offer({ audio: ['PCMU'] }), { video: null, audio: OPUS.format }, 422, /audio is Opus.*PCMU/],
    [
      'no place for it',
      offer({ audio: null }),
      { video: null, audio: OPUS.format },
      422,
      /no section.*: audio/,
    ],
  ])('%s is refused, and it is said why', (_, sdp, wanted, status, reason) => {
    const read = readOffer(sdp, wanted);
    expect(read).toMatchObject({ kind: 'refused', status });
    expect(read.kind === 'refused' ? read.reason : '').toMatch(reason);
  });

  test('any other text is refused or read, and never more', () => {
    const whole = offer({ video: ['VP8', MODE_1, 'rtx apt=101'] });
    const wanted = { video: AVC, audio: OPUS.format };
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(60), fc.string({ maxLength: 30 }), (at, cut, text) => {
        const read = readOffer(whole.slice(0, at) + text + whole.slice(at + cut), wanted);
        if (read.kind === 'refused') expect(read.reason).not.toContain('\n');
        else expect(heads(read.offer.complete(answerTo(read.offer.sdp))).length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
