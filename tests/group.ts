import { createSocket } from 'node:dgram';

/** What comes to a group's port for RTP, and to the next one. */
export type Group = {
  readonly packets: Uint8Array[];
  readonly controls: Uint8Array[];
  readonly close: () => Promise<void>;
};

/** Joins a group on the loopback interface; null, with words, where that can't be had. */
export async function joinGroup(address: string, port: number): Promise<Group | null> {
  const packets: Uint8Array[] = [];
  const controls: Uint8Array[] = [];
  try {
    const ends = [await hear(address, port, packets), await hear(address, port + 1, controls)];
    return { packets, controls, close: async () => void (await Promise.all(ends.map((end) => end()))) };
  } catch (error) {
    process.stdout.write(`skipped: this machine has no multicast on loopback (${String(error)})\n`);
    return null;
  }
}

async function hear(address: string, port: number, heard: Uint8Array[]): Promise<() => Promise<void>> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, resolve);
  });
  socket.addMembership(address, '127.0.0.1');
  socket.on('message', (datagram) => heard.push(Uint8Array.from(datagram)));
  return () => new Promise((resolve) => socket.close(() => resolve()));
}
