import { Server, type ServerEvent } from '../media/rtmp/server.ts';
import { run } from '../runtime/process.ts';
import { listenTcp, type TcpConnection } from '../runtime/tcp.ts';

/** What a real encoder sent, from its first byte to its last, and what it came to. */
export type Recording = { readonly bytes: Uint8Array; readonly events: readonly ServerEvent[] };

/** Random bytes that are the same each time. */
export const RANDOM = new Uint8Array(1528).fill(7);

/** Has ffmpeg publish to a server that lets everyone in, and records it. */
export async function record(...encoding: readonly string[]): Promise<Recording> {
  const done = Promise.withResolvers<Recording>();
  const listener = await listenTcp({
    port: 0,
    hostname: '127.0.0.1',
    portSetting: 'none',
    onConnection: (connection) => void take(connection).then(done.resolve, done.reject),
  });
  const url = `rtmp://127.0.0.1:${listener.port}/live/studio?key=secret`;
  const { errors } = await run('ffmpeg', ['-v', 'error', '-nostdin', ...encoding, '-f', 'flv', url]);
  if (errors.length > 0) done.reject(new Error(errors.join('\\n')));
  const recording = await done.promise;
  await listener.close();
  return recording;
}

async function take(connection: TcpConnection): Promise<Recording> {
  const server = new Server(RANDOM);
  const parts: Uint8Array[] = [];
  const events: ServerEvent[] = [];
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    parts.push(bytes.slice());
    for (const event of server.push(bytes)) {
      events.push(event);
      for (const answer of answersTo(event, server)) connection.write(answer);
    }
  }
  connection.destroy();
  return { bytes: Uint8Array.from(Buffer.concat(parts)), events };
}

/** What is sent back for an event where everyone may publish. */
export function answersTo(event: ServerEvent, server: Server): readonly Uint8Array[] {
  if (event.kind === 'reply') return [event.bytes];
  return event.kind === 'publish' ? server.admit() : [];
}
