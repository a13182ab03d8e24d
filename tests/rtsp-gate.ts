import { headersOf, print, type Request, respond } from '../media/rtsp/message.ts';
import { Reader } from '../media/rtsp/reader.ts';
import type { Gate, GateAnswer } from '../origin/rtp/gate/gate.ts';
import { listenTcp, type TcpConnection } from '../runtime/tcp.ts';
import type { PresentationId } from '../wire/ids.ts';

/** A server of RTSP that has a gate, and nothing behind it. */
export type GateServer = {
  readonly port: number;
  /** What came of each DESCRIBE, in order, and whether it was authorised by Digest. */
  readonly answers: { readonly answer: GateAnswer; readonly scheme: string | null }[];
  readonly close: () => Promise<void>;
};

/** Asks the gate at each DESCRIBE, and answers 404 to who is let in: all players give up at that. */
export async function startGateServer(gate: Gate): Promise<GateServer> {
  const answers: GateServer['answers'] = [];

  async function describe(request: Request, address: string) {
    const url = new URL(request.uri);
    const authorization = request.headers.get('authorization') ?? null;
    const presentation = url.pathname.slice(1).replace(/\/$/, '') as PresentationId;
    const answer = await gate({
      ...{ presentation, method: request.method, uri: request.uri, authorization, address },
      token: url.searchParams.get('token'),
    });
    answers.push({ answer, scheme: authorization?.split(' ')[0] ?? null });
    switch (answer.kind) {
      case 'open':
        return respond(404);
      case 'challenge':
        return { ...respond(401), challenges: answer.wwwAuthenticate };
      case 'refused':
        return respond(403, {}, answer.reason);
    }
  }

  async function serve(connection: TcpConnection): Promise<void> {
    const reader = new Reader();
    for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
      for (const message of reader.push(bytes)) {
        if (message.kind !== 'request') continue;
        const isDescribe = message.method === 'DESCRIBE';
        const answer = isDescribe ? await describe(message, connection.address) : respond(200, PUBLIC);
        const cseq = headersOf({ CSeq: message.headers.get('cseq') ?? '' });
        connection.write(print({ ...answer, headers: new Map([...cseq, ...answer.headers]) }));
      }
    }
    await connection.end();
  }

  const onConnection = (connection: TcpConnection) =>
    void serve(connection).catch(() => connection.destroy());
  const listening = { port: 0, hostname: '127.0.0.1', portSetting: '--port', onConnection };
  const { port, close } = await listenTcp(listening);
  return { port, answers, close };
}

const PUBLIC = { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' };
