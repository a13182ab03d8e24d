/** What an offer of the tests says beside what it has to. */
export type OfferParts = {
  readonly video?: readonly string[] | null;
  readonly audio?: readonly string[] | null;
  readonly direction?: string;
};

const FINGERPRINT = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;

/** An offer as a browser makes it; codecs are `<name>` or `<name> <fmtp>`, numbered from 100. */
export function offer({
  video = ['H264'],
  audio = ['opus'],
  direction = 'sendonly',
}: OfferParts = {}): string {
  const sections = [
    ...(audio === null ? [] : section('audio', '0', audio, '48000/2', direction)),
    ...(video === null ? [] : section('video', '1', video, '90000', direction)),
  ];
  const head = [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'a=msid-semantic: WMS *',
  ];
  return [...head, ...sections, ''].join('\r\n');
}

function section(kind: string, mid: string, codecs: readonly string[], clock: string, direction: string) {
  const formats = codecs.map((codec, index) => {
    const [name = '', ...parameters] = codec.split(' ');
    return { payloadType: 100 + index, name, parameters: parameters.join(' ') };
  });
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${formats.map(({ payloadType }) => payloadType).join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefghijklmnopqrstuvwx',
    FINGERPRINT,
    'a=setup:actpass',
    `a=mid:${mid}`,
    `a=${direction}`,
    'a=rtcp-mux',
    ...formats.flatMap(({ payloadType, name, parameters }) => [
      `a=rtpmap:${payloadType} ${name}/${clock}`,
      `a=rtcp-fb:${payloadType} transport-cc`,
      `a=rtcp-fb:${payloadType} nack pli`,
      ...(parameters === '' ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
    ]),
    `a=ssrc:${kind === 'audio' ? 1111 : 2222} cname:test`,
  ];
}
