/** What is added to an answer. */
export type AnswerOptions = {
  /** IP addresses under which this machine is reached from elsewhere. */
  readonly publicAddresses: readonly string[];
  /** Of the picture; null where there is none. */
  readonly videoPayloadType: number | null;
  /** Bits per second that a browser may start with. */
  readonly startBitsPerSecond: number;
};

/** A candidate of this machine (RFC 8839 §5.1): all up to its address, then its address and port. */
const CANDIDATE = /^(a=candidate:)(\S+)( \d+ udp \d+ )(\S+)( \d+ typ host.*)$/i;

/** Adds the public addresses of a machine behind NAT, and how fast browsers are to start. */
export function finishAnswer(sdp: string, options: AnswerOptions): string {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  const finished = lines.flatMap((line) => [
    ...published(line, options.publicAddresses),
    started(line, options),
  ]);
  return [...finished, ''].join('\r\n');
}

/** The line once for each public address of the same family; the router maps the port. */
function published(line: string, addresses: readonly string[]): string[] {
  const [, start = '', foundation, middle, address = '', end] = CANDIDATE.exec(line) ?? [];
  if (start === '' || isLoopback(address)) return [];
  const fitting = addresses.filter((other) => other !== address && isIpv6(other) === isIpv6(address));
  return fitting.map((other, index) => `${start}${foundation}${index}${middle}${other}${end}`);
}

const isIpv6 = (address: string) => address.includes(':');
const isLoopback = (address: string) => address === '::1' || address.startsWith('127.');

/**
 * Chromium starts at 300 kbit/s, with a picture as small as that, and grows. `x-google-start-bitrate` (kbit/s, read by
 * libwebrtc) makes it start with the picture that it is going to send; others ignore it.
 */
function started(line: string, { videoPayloadType, startBitsPerSecond }: AnswerOptions): string {
  const parameter = `x-google-start-bitrate=${Math.round(startBitsPerSecond / 1000)}`;
  if (videoPayloadType === null) return line;
  if (line.startsWith(`a=fmtp:${videoPayloadType} `)) return `${line};${parameter}`;
  return line;
}
