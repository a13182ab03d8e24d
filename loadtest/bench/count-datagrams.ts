import { createInterface } from 'node:readline';
import { openUdp } from '../../runtime/udp.ts';

/**
 * A program: so many UDP ports that count the RTP packets they get, and those that their sequence numbers (RFC 3550
 * §5.1) say are missing. `<ports>`; the first line that it says are these ports. Then `reset` starts anew, and `count`
 * is answered with packets and missing ones, of all ports.
 */
const counters = await Promise.all(Array.from({ length: Number(process.argv[2]) }, openCounter));
say(counters.map(({ port }) => port).join(','));

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'reset') for (const { reset } of counters) reset();
  const sum = (of: 'packets' | 'missing') => counters.reduce((sum, { counts }) => sum + counts[of], 0);
  say(`${sum('packets')} ${sum('missing')}`);
}
process.exit();

/** RTCP comes to the same port: its second byte is one that RTP's never is (RFC 5761 §4). */
function isControl(byte: number): boolean {
  return byte >= 192 && byte <= 223;
}

async function openCounter() {
  const counts = { packets: 0, missing: 0 };
  let last: number | null = null;
  const { port } = await openUdp({
    port: 0,
    hostname: '127.0.0.1',
    portSetting: 'none',
    onDatagram: (datagram) => {
      const [, type = 0, high = 0, low = 0] = datagram;
      if (isControl(type)) return;
      const sequence = high * 256 + low;
      counts.packets += 1;
      if (last !== null) counts.missing += (sequence - last - 1 + 65_536) % 65_536;
      last = sequence;
    },
  });
  const reset = () => {
    counts.packets = 0;
    counts.missing = 0;
    last = null;
  };
  return { port, counts, reset };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
