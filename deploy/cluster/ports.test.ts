import { expect, test } from 'bun:test';
import { createServer } from 'node:net';
import type { Part } from './part.ts';
import { checkPorts } from './ports.ts';

const part = (name: string, port: number): Part => ({
  name,
  command: 'true',
  args: [],
  env: {},
  port,
  portSetting: `--${name}-port`,
  probe: { kind: 'nats', port },
});

async function withListener(host: string, work: (port: number) => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve));
  const address = server.address();
  try {
    if (address && typeof address === 'object') await work(address.port);
  } finally {
    server.close();
  }
}

test.each(['127.0.0.1', '0.0.0.0'])('a port taken on %s is named, with what moves it', async (host) => {
  expect.assertions(2);
  await withListener(host, async (port) => {
    const failure = await checkPorts([part('origin', port)]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'port-taken', remedy: expect.stringContaining('--origin-port') });
    expect(String(failure)).toContain(`TCP port ${port}, for origin,`);
  });
});

test('a free port passes, and is free afterwards', async () => {
  let free = 0;
  await withListener('127.0.0.1', async (port) => {
    free = port;
  });
  await checkPorts([part('origin', free)]);
  await checkPorts([part('origin', free)]);
});

test.each([
  ['two on one port', [part('coordinator', 8081), part('edge-1', 8081)], /coordinator and edge-1 would both/],
  ['beyond the last', [part('edge-2', 65_536)], /65535 is the last one/],
])('%s is refused', async (_, parts, sentence) => {
  await expect(checkPorts(parts)).rejects.toThrow(sentence);
});
