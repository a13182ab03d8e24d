import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { FUZZ_RUNS, mutate, mutations } from '../../tests/broken-bytes.ts';
import { MalformedSdp } from './malformed.ts';
import { parse, print, type Session } from './session.ts';

/** As ffmpeg 5.1 announces H.264 and AAC. */
const FFMPEG = `v=0\r
o=- 0 0 IN IP4 127.0.0.1\r
s=No Name\r
c=IN IP4 127.0.0.1\r
t=0 0\r
a=tool:libavformat 59.27.100\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z2QADKzZQUGfnwEQAAADABAAAAMDIPFCmWA=,aOvjyyLA; profile-level-id=64000C\r
a=control:streamid=0\r
m=audio 0 RTP/AVP 97\r
b=AS:69\r
a=rtpmap:97 MPEG4-GENERIC/48000/2\r
a=fmtp:97 profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3; config=1190\r
a=control:streamid=1\r
`;

const SESSION: Session = {
  origin: '- 0 0 IN IP4 127.0.0.1',
  name: 'No Name',
  connection: 'IN IP4 127.0.0.1',
  control: null,
  range: null,
  tool: 'libavformat 59.27.100',
  kilobitsPerSecond: null,
  media: [
    {
      kind: 'video',
      port: 0,
      protocol: 'RTP/AVP',
      formats: [
        {
          payloadType: 96,
          encoding: { name: 'H264', clockRate: 90_000, channels: 1 },
          parameters: new Map([
            ['packetization-mode', '1'],
            ['sprop-parameter-sets', 'Z2QADKzZQUGfnwEQAAADABAAAAMDIPFCmWA=,aOvjyyLA'],
            ['profile-level-id', '64000C'],
          ]),
        },
      ],
      connection: null,
      kilobitsPerSecond: null,
      control: 'streamid=0',
      direction: 'sendrecv',
    },
    {
      kind: 'audio',
      port: 0,
      protocol: 'RTP/AVP',
      formats: [
        {
          payloadType: 97,
          encoding: { name: 'MPEG4-GENERIC', clockRate: 48_000, channels: 2 },
          parameters: new Map([
            ['profile-level-id', '1'],
            ['mode', 'AAC-hbr'],
            ['sizelength', '13'],
            ['indexlength', '3'],
            ['indexdeltalength', '3'],
            ['config', '1190'],
          ]),
        },
      ],
      connection: null,
      kilobitsPerSecond: 69,
      control: 'streamid=1',
      direction: 'sendrecv',
    },
  ],
};

describe('a session description', () => {
  test('of ffmpeg is read', () => {
    expect(parse(FFMPEG)).toEqual(SESSION);
  });

  test.each<[string, Session]>([
    ['of two streams', SESSION],
    [
      'without streams',
      {
        ...{ origin: 'x', name: '-', connection: null, control: '*', media: [] },
        ...{ range: 'npt=0-30.5', tool: null, kilobitsPerSecond: 2_500 },
      },
    ],
    [
      'of a static payload type',
      {
        ...SESSION,
        media: [
          {
            kind: 'audio',
            port: 5004,
            protocol: 'RTP/AVP',
            formats: [
              { payloadType: 14, encoding: null, parameters: new Map() },
              { payloadType: 98, encoding: null, parameters: new Map([['flag', '']]) },
            ],
            connection: 'IN IP4 239.0.0.1/16',
            kilobitsPerSecond: 128,
            control: null,
            direction: 'recvonly',
          },
        ],
      },
    ],
  ])('%s that is printed is parsed as it was', (_, session) => {
    expect(parse(print(session))).toEqual(session);
  });

  test('may have other line ends, and payload types that are no numbers', () => {
    const { media } = parse('v=0\nm=application 0 TCP/RTP/AVP x 99\na=inactive\n');
    expect(media).toMatchObject([
      { kind: 'application', direction: 'inactive', formats: [{ payloadType: 99 }] },
    ]);
  });

  test('may say the direction of all media at once', () => {
    const { media } = parse('v=0\na=recvonly\nm=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP 97\na=sendonly\n');
    expect(media.map(({ direction }) => direction)).toEqual(['recvonly', 'sendonly']);
  });

  test.each([
    ['nothing', ''],
    ['another version', 'v=1\r\n'],
    ['no lines', 'v=0\r\nhello\r\n'],
    ['a broken m=', 'v=0\r\nm=video\r\n'],
    ['a broken rtpmap', 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264\r\n'],
    ['a clock that stands', 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/0\r\n'],
    ['too many media', `v=0\r\n${'m=video 0 RTP/AVP 96\r\n'.repeat(17)}`],
    ['too many lines', `v=0\r\n${'a=b\r\n'.repeat(512)}`],
    ['too many formats', `v=0\r\nm=video 0 RTP/AVP${' 96'.repeat(33)}\r\n`],
  ])('is not %s', (_, text) => {
    expect(() => parse(text)).toThrow(MalformedSdp);
  });

  test('that can be read is the same once more, whatever it was', () => {
    const whole = new TextEncoder().encode(FFMPEG);
    fc.assert(
      fc.property(mutations(whole.length), (mutation) => {
        const session = attempt(new TextDecoder().decode(mutate(whole, mutation)));
        if (session === null) return;
        const again = parse(print(session));
        expect(parse(print(again))).toEqual(again);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});

function attempt(text: string): Session | null {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof MalformedSdp) return null;
    throw error;
  }
}
