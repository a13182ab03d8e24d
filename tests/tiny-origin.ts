import { type Listener, listen } from '../runtime/http.ts';

/** An origin of a few objects, that counts what it is asked for. */
export type TinyOrigin = {
  readonly url: string;
  /** Body or status by path; what is not here is 404. */
  readonly objects: Map<string, Uint8Array<ArrayBuffer> | number>;
  readonly asked: string[];
  /** While set, every answer waits for it. */
  gate: Promise<void> | null;
  readonly close: Listener['close'];
};

export async function startTinyOrigin(): Promise<TinyOrigin> {
  const objects: TinyOrigin['objects'] = new Map();
  const asked: string[] = [];
  const fetch = async (request: Request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    await origin.gate;
    const object = objects.get(pathname) ?? 404;
    return typeof object === 'number' ? new Response('no\n', { status: object }) : new Response(object);
  };
  const { port, close } = await listen({ port: 0, hostname: '127.0.0.1', portSetting: '--port', fetch });
  const origin: TinyOrigin = { url: `http://127.0.0.1:${port}`, objects, asked, gate: null, close };
  return origin;
}
