import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A cable that can be pulled: what connects to its port reaches another port of this machine while it is whole. */
export type Cable = {
  readonly port: number;
  /** Connections that reached the other end so far. */
  readonly made: () => number;
  /** Ends all connections, and each new one at once. */
  readonly cut: () => void;
  /** Nothing passes any more, and nobody is told. */
  readonly block: () => void;
  /** Whole again; what was held passes. */
  readonly mend: () => void;
  readonly close: () => Promise<void>;
};

type State = 'whole' | 'cut' | 'blocked';

/** Leads to a port. */
export async function startCable(target: number): Promise<Cable> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: State = 'whole';
  let made = 0;
  const server = createServer((near) => {
    near.on('error', () => near.destroy());
    if (state !== 'whole') {
      near.destroy();
      return;
    }
    made += 1;
    const far = connect(target, '127.0.0.1');
    far.on('error', () => far.destroy());
    const pair = [near, far] as const;
    pairs.add(pair);
    near.on('close', () => pairs.delete(pair) && far.destroy());
    far.on('close', () => near.destroy());
    join(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const become = (next: State, each: (pair: readonly [Socket, Socket]) => void) => {
    state = next;
    for (const pair of pairs) each(pair);
  };
  const cut = () => become('cut', ([near]) => near.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    made: () => made,
    cut,
    block: () => become('blocked', part),
    mend: () => become('whole', join),
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

function join([near, far]: readonly [Socket, Socket]): void {
  near.pipe(far);
  far.pipe(near);
}

function part([near, far]: readonly [Socket, Socket]): void {
  near.unpipe(far).pause();
  far.unpipe(near).pause();
}
