import { createInterface } from 'node:readline';
import { openUdp } from '../../runtime/udp.ts';

/**
 * A program: so many UDP ports that count the RTP packets they get, each once by its sequence number (RFC 3550 §5.1).
 * `<ports>`; the first line that it says are these ports. Then each line that it reads is answered with the packets of
 * all of them.
 */
const counters = await Promise.all(Array.from({ length: Number(process.argv[2]) }, openCounter));
say(counters.map(({ port }) => port).join(','));

for await (const _ of createInterface({ input: process.stdin })) {
  say(String(counters.reduce((sum, { counts }) => sum + counts.packets, 0)));
}
process.exit();

/** RTCP comes to the same port: its second byte is one that RTP's never is (RFC 5761 §4). */
function isControl(byte: number): boolean {
  return byte >= 192 && byte <= 223;
}

async function openCounter() {
  const counts = { packets: 0 };
  let last = -1;
  const { port } = await openUdp({
    port: 0,
    hostname: '127.0.0.1',
    portSetting: 'none',
    onDatagram: ([, type = 0, high = 0, low = 0]) => {
      const sequence = high * 256 + low;
      if (isControl(type) || sequence === last) return;
      last = sequence;
      counts.packets += 1;
    },
  });
  return { port, counts };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
