import { Failure } from './failure.ts';
import { bun } from './platform.ts';
import { bindSender } from './udp-bun.ts';
import { bindDgram } from './udp-dgram.ts';
import type { UdpOptions, UdpSocket } from './udp-socket.ts';

export type { MulticastOptions, Targets, UdpAddress, UdpOptions, UdpSocket } from './udp-socket.ts';

/** Opens a port for datagrams. Throws Failure `port-taken` or `address-unavailable`. */
export async function openUdp(options: UdpOptions): Promise<UdpSocket> {
  const bind = bun !== null && options.onDrain !== undefined ? bindSender : bindDgram;
  try {
    return await bind(options);
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code ?? '');
    if (options.hostname === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL'))
      return openUdp({ ...options, hostname: '0.0.0.0' });
    throw asFailure(code, options, error);
  }
}

function asFailure(code: string, { port, hostname, portSetting }: UdpOptions, error: unknown): unknown {
  if (code === 'EADDRINUSE')
    return new Failure(
      'port-taken',
      `UDP port ${port} is already in use`,
      `Stop the program that has it (\`ss -lunp 'sport = :${port}'\` names it), or choose another port with ${portSetting}`,
    );
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return new Failure(
      'address-unavailable',
      `cannot listen on ${hostname} port ${port} (${code})`,
      `Choose another port with ${portSetting}`,
    );
  return error;
}
