import { createSocket } from 'node:dgram';
import fc from 'fast-check';

/** What comes to a session's port before anything is known of the sender: STUN, DTLS, SRTP and SRTCP. */
const SEEDS = [
  [0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 6, 0, 4, 97, 58, 98, 99],
  [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4],
  [20, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
  [0x80, 101, 0, 1, 0, 0, 0, 1, 0, 0, 8, 174, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  [0x81, 200, 0, 6, 0, 0, 8, 174, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
];

const PACKETS = Number(process.env.FUZZ_RUNS ?? 2_000);

/** Sends broken packets of all kinds to the port on this machine that an answer names. */
export async function annoy(answer: string): Promise<void> {
  const port = Number(/ 127\.0\.0\.1 (\d+) typ/.exec(answer)?.[1]);
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  const changes = fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 6 });
  const mutated = fc.tuple(fc.constantFrom(...SEEDS), changes, fc.nat(40)).map(([seed, list, cut]) => {
    const bytes = Uint8Array.from(seed).subarray(0, seed.length - Math.max(0, cut - 20));
    for (const [at, byte] of list) if (at < bytes.byteLength) bytes[at] = byte;
    return bytes;
  });
  for (const bytes of fc.sample(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), PACKETS)) {
    await new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', resolve));
  }
  socket.close();
}
