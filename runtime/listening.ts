import { Failure } from './failure.ts';

/** Where something is to listen. */
export type Listening = {
  readonly port: number;
  readonly hostname: string;
  /** The setting that moves the port, named in the error when it is taken. */
  readonly portSetting: string;
};

const codeOf = (error: unknown): string =>
  error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? error.name) : '';

/** Whether listening failed because `::` was asked for on a machine without IPv6. */
export const lacksIpv6 = (hostname: string, error: unknown): boolean =>
  hostname === '::' && ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error));

/** The Failure `port-taken` or `address-unavailable` that an error of listening stands for, or the error itself. */
export function listenFailure({ port, hostname, portSetting }: Listening, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'EADDRINUSE' || code === 'AddrInUse') {
    return new Failure(
      'port-taken',
      `TCP port ${port} is already in use`,
      `Stop the program that has it (\`ss -ltnp 'sport = :${port}'\` names it), or choose another port with ${portSetting}`,
    );
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new Failure(
      'address-unavailable',
      `cannot listen on ${hostname} port ${port} (${code})`,
      `Choose another port with ${portSetting}`,
    );
  }
  return error;
}
