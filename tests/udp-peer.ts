import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { RtpStream } from './rtp-stream.ts';

/** How often a program is looked at that does not say when it is ready. */
const LOOK_AGAIN_MS = 2;
const READY_WITHIN_MS = 20_000;

/** Bytes that wait in a socket of this machine to be read by who has it; null when nobody has. */
function waiting(port: number): number | null {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['udp', 'udp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n'));
  const row = rows.map((line) => line.trim().split(/\s+/)).find(([, local]) => local?.endsWith(`:${hex}`));
  return row === undefined ? null : Number.parseInt(row[4]?.split(':')[1] ?? '', 16);
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${READY_WITHIN_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Two free ports, the first one even (RFC 3550 §11). */
export async function freePair(): Promise<number> {
  for (;;) {
    const first = await bind(0);
    const even = first.address().port & ~1;
    first.close();
    if (waiting(even) === null && waiting(even + 1) === null) return even;
  }
}

async function bind(port: number) {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  return socket;
}

/**
 * Sends a stream to the ports of a program that may only just have been started, as fast as it reads, and that it ends.
 * Control goes to the next port, where there is somebody.
 */
export async function sendTo(port: number, { sent, bye }: RtpStream, hasControl: boolean): Promise<void> {
  await until(() => waiting(port) !== null && (!hasControl || waiting(port + 1) !== null), 'it listens');
  const socket = await bind(0);
  const send = async (bytes: Uint8Array, to: number) => {
    await new Promise((resolve) => socket.send(bytes, to, '127.0.0.1', resolve));
    await until(() => (waiting(to) ?? 0) === 0, 'it reads');
  };
  for (const { kind, bytes } of sent) {
    if (kind === 'packet') await send(bytes, port);
    else if (hasControl) await send(bytes, port + 1);
  }
  if (hasControl) await send(bye, port + 1);
  socket.close();
}
