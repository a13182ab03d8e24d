import { afterEach, describe, expect, test } from 'bun:test';
import { Failure } from './failure.ts';
import { type Listener, type ListenOptions, listen } from './http.ts';

const open: Listener[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

async function listening(change: Partial<ListenOptions> = {}): Promise<Listener> {
  const usual = { port: 0, hostname: '127.0.0.1', portSetting: '--port', fetch: () => new Response('hello') };
  const listener = await listen({ ...usual, ...change });
  open.push(listener);
  return listener;
}

const failureOf = (change: Partial<ListenOptions>) =>
  listening(change).then(
    () => null,
    (error) => error,
  );

describe('a listener', () => {
  test('finds a free port when asked for 0, and answers there', async () => {
    const { port } = await listening();
    expect(port).toBeGreaterThan(0);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello');
  });

  test('on :: is reached over IPv4', async () => {
    const { port } = await listening({ hostname: '::' });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  test('refuses a port that is taken, and names the setting that moves it', async () => {
    const { port } = await listening();
    const failure = await failureOf({ port, portSetting: '--port or HEADWATER_EDGE_PORT' });
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      code: 'port-taken',
      message: `TCP port ${port} is already in use`,
      remedy: expect.stringContaining('--port or HEADWATER_EDGE_PORT'),
    });
  });

  test('refuses an address that this machine does not have', async () => {
    const failure = await failureOf({ hostname: '192.0.2.1' });
    expect(failure).toMatchObject({ name: 'Failure', code: 'address-unavailable' });
  });

  test('that is closed answers no more, and cuts what is open', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stuck = await listening({
      fetch: () => {
        resolve();
        return new Promise(() => {});
      },
    });
    const request = fetch(`http://127.0.0.1:${stuck.port}/`).then(
      () => 'answered',
      () => 'cut',
    );
    await promise;
    await stuck.close();
    expect(await request).toBe('cut');
    const next = fetch(`http://127.0.0.1:${stuck.port}/`).then(
      () => 'answered',
      () => 'refused',
    );
    expect(await next).toBe('refused');
  });
});
