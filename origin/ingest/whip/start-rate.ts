/**
 * Chromium starts at 300 kbit/s, with a picture as small as that, and grows. `x-google-start-bitrate` (kbit/s, read by
 * libwebrtc) of a payload type makes it start with the picture that it is going to send; others ignore it.
 */
export function withStartRate(answer: string, payloadType: number, bitsPerSecond: number): string {
  const parameter = `x-google-start-bitrate=${Math.round(bitsPerSecond / 1000)}`;
  return answer.replace(new RegExp(`^a=fmtp:${payloadType} [^\r\n]*`, 'm'), (line) => `${line};${parameter}`);
}
