import { connect } from '@nats-io/transport-node';
import { z } from 'zod';
import { Port, read, Text } from '../../runtime/config.ts';
import { listen } from '../../runtime/http.ts';
import { type Prepared, prepare } from '../../runtime/prepared.ts';
import { HEADERS, RELEASE } from './held.ts';

/**
 * A program: a bare server that holds what it is asked for until it hears of it over NATS, and then answers all at
 * once. It does nothing that an edge does beside, and so says what runtime, kernel and asking take by themselves.
 */
const settings = {
  port: { env: 'HEADWATER_HOLDER_PORT', schema: Port, fallback: null, help: 'TCP port' },
  natsUrl: { env: 'HEADWATER_NATS_URL', schema: Text, fallback: null, help: 'NATS server' },
  sizes: {
    env: 'HEADWATER_HOLDER_SIZES',
    schema: z.string().transform((text) => text.split(',').map(Number)),
    fallback: null,
    help: 'bytes of what is served under /<bytes>, separated by commas',
  },
} as const;

const asked = read('holder', settings, process.argv.slice(2), process.env);
if (asked.kind === 'help') throw new Error(asked.text);
const { port, natsUrl, sizes } = asked.values;

type Release = (answers: ReadonlyMap<number, Prepared>) => void;
let held: Release[] = [];

const connection = await connect({ servers: natsUrl });
connection.subscribe(RELEASE, {
  callback: () => {
    const released = held;
    held = [];
    const answers = new Map(sizes.map((size) => [size, prepare(new Uint8Array(size), HEADERS)]));
    for (const release of released) release(answers);
  },
});

await listen({
  port,
  hostname: '127.0.0.1',
  portSetting: '--port',
  fetch(request) {
    const size = Number(new URL(request.url).pathname.slice(1));
    if (!sizes.includes(size)) return new Response(`headwater_edge_waiting_requests ${held.length}\n`);
    const { promise, resolve } = Promise.withResolvers<Response>();
    held.push((answers) => resolve(answers.get(size)?.late() ?? new Response(null, { status: 500 })));
    return promise;
  },
});
