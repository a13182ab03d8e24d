import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type OfferParts, offer } from '../../../tests/offer.ts';
import { readOffer } from './offer.ts';

const reasonOf = (sdp: string) => {
  const read = readOffer(sdp);
  return read.kind === 'refused' ? read.reason : null;
};

function taken(parts: OfferParts) {
  const read = readOffer(offer(parts));
  if (read.kind === 'refused') throw new Error(read.reason);
  return read.offer;
}

describe('of an offer', () => {
  test.each<[string, OfferParts, string | null, string | null]>([
    ['H.264 and Opus', {}, 'H264 100', 'opus 100'],
    ['H.264 before what comes first', { video: ['VP8', 'AV1', 'VP9', 'H264'] }, 'H264 103', 'opus 100'],
    ['VP9 before AV1', { video: ['AV1', 'VP9'] }, 'VP9 101', 'opus 100'],
    ['AV1 alone', { video: ['VP8', 'AV1'] }, 'AV1 101', 'opus 100'],
    ['VP9 of 8 bits', { video: ['VP9 profile-id=2', 'VP9 profile-id=0'] }, 'VP9 101', 'opus 100'],
    [
      'H.264 that is not interleaved',
      { video: ['H264 packetization-mode=2', 'H264 packetization-mode=1'] },
      'H264 101',
      'opus 100',
    ],
    ['picture alone', { audio: null }, 'H264 100', null],
    ['sound alone', { video: null, audio: ['PCMU', 'opus'] }, null, 'opus 101'],
    ['what could also be received', { direction: 'sendrecv' }, 'H264 100', 'opus 100'],
  ])('%s is taken', (_, parts, video, audio) => {
    const found = taken(parts);
    expect(found.video && `${found.video.codec} ${found.video.payloadType}`).toBe(video);
    expect(found.audio && `${found.audio.codec} ${found.audio.payloadType}`).toBe(audio);
  });

  test('nothing is left but what is taken', () => {
    const { sdp } = taken({ video: ['VP8', 'H264 packetization-mode=1', 'rtx apt=101'] });
    expect(sdp).toContain('m=video 9 UDP/TLS/RTP/SAVPF 101\r\n');
    expect(sdp).not.toMatch(/VP8|rtx|transport-cc/);
    expect(sdp).toContain('a=rtcp-fb:101 nack pli\r\n');
  });

  test.each<[string, string, RegExp]>([
    ['nothing', '', /not an SDP offer/],
    ['JSON', '{"type":"offer"}', /not an SDP offer/],
    ['no media', 'v=0\r\ns=-\r\n', /no media/],
    ['data', `${offer()}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`, /m=application/],
    ['two videos', offer() + offer({ audio: null }).replace(/^[\s\S]*?(?=m=)/, ''), /more than one/],
    ['a viewer', offer({ direction: 'recvonly' }), /sends no audio/],
    ['VP8', offer({ video: ['VP8'] }), /no video codec that is taken: H.264, VP9 or AV1, not VP8/],
    ['G.711', offer({ audio: ['PCMU'] }), /no audio codec that is taken: Opus, not PCMU/],
    ['no ICE', offer().replaceAll(/a=ice-ufrag.*\r\n/g, ''), /no a=ice-ufrag/],
    ['no fingerprint', offer().replaceAll(/a=fingerprint.*\r\n/g, ''), /no a=fingerprint/],
  ])('%s is refused, and it is said why', (_, sdp, reason) => {
    expect(reasonOf(sdp)).toMatch(reason);
  });

  test('any other text is refused or read, and never more', () => {
    const whole = offer({ video: ['VP8', 'H264 packetization-mode=1'] });
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(40), fc.string({ maxLength: 20 }), (at, cut, text) => {
        const read = readOffer(whole.slice(0, at) + text + whole.slice(at + cut));
        expect(['offer', 'refused']).toContain(read.kind);
      }),
      { numRuns: 2_000 },
    );
  });
});
