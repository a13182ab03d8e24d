import { expect, test } from 'bun:test';
import { withStartRate } from './start-rate.ts';

test.each([
  ['a=fmtp:102 packetization-mode=1\r\n', 'a=fmtp:102 packetization-mode=1;x-google-start-bitrate=2500\r\n'],
  ['a=fmtp:103 apt=102\r\n', 'a=fmtp:103 apt=102\r\n'],
])('a browser is told how fast to start: %j', (line, told) => {
  const answer = (one: string) => `v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\n${one}a=sendonly\r\n`;
  expect(withStartRate(answer(line), 102, 2_500_000)).toBe(answer(told));
});
