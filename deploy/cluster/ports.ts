import { createServer } from 'node:net';
import { Failure } from '../../runtime/failure.ts';
import type { Part } from './part.ts';

/** Both are tried: some systems let a program take one while another has the other. */
const HOSTS = ['::', '127.0.0.1'];

/** Checks that every process can have its port. Throws Failure `bad-setting` or `port-taken`. */
export async function checkPorts(parts: readonly Part[]): Promise<void> {
  for (const part of parts) {
    refuseImpossible(part, parts);
    for (const host of HOSTS) if (await isTaken(host, part.port)) throw taken(part);
  }
}

function refuseImpossible(part: Part, parts: readonly Part[]): void {
  const other = parts.find(({ name, port }) => name !== part.name && port === part.port);
  const problem =
    part.port > 65_535
      ? `${part.name} would have TCP port ${part.port}, and 65535 is the last one`
      : other && `${part.name} and ${other.name} would both have TCP port ${part.port}`;
  if (problem) throw new Failure('bad-setting', problem, `Move one with ${part.portSetting}`);
}

/** An address that this machine does not have can't be taken. */
function isTaken(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(false)));
  return promise;
}

const taken = ({ name, port, portSetting }: Part) =>
  new Failure(
    'port-taken',
    `TCP port ${port}, for ${name}, is already in use`,
    `Stop the program that has it (\`ss -ltnp 'sport = :${port}'\` names it), or choose another port with ${portSetting}`,
  );
