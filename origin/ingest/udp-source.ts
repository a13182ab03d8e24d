import type { Milliseconds } from '../../media/time.ts';
import { Failure } from '../../runtime/failure.ts';
import { openUdp, type UdpOptions } from '../../runtime/udp.ts';
import { Arrivals } from './arrivals.ts';
import { Unusable } from './contents.ts';

/** A sender that sends nothing for so long is gone. */
const SILENCE_MS: Milliseconds = 10_000;

/** What somebody sends to a UDP port of ours, or to a group. */
export type UdpSource = { readonly pieces: AsyncIterable<Uint8Array>; readonly close: () => Promise<void> };

/** Takes what is sent to the address of a `udp:` URL. Throws Unusable where that can't be had. */
export async function openUdpSource(url: string): Promise<UdpSource> {
  const pieces = new Arrivals();
  const silence = () => pieces.end(new Unusable(`nothing came for ${SILENCE_MS / 1000} s`));
  const timer = setTimeout(silence, SILENCE_MS);
  const socket = await listen(new URL(url), (datagram) => {
    timer.refresh();
    pieces.push(datagram);
  });
  const close = () => {
    clearTimeout(timer);
    pieces.end(null);
    return socket.close();
  };
  return { pieces, close };
}

/** An address that is not this machine's is the sender's: then all of ours are listened at. */
async function listen({ hostname, port }: URL, onDatagram: UdpOptions['onDatagram']) {
  const host = hostname.replaceAll(/[[\]]/g, '');
  const options = { port: Number(port), portSetting: 'the port of its source', onDatagram };
  try {
    return await openUdp({ ...options, hostname: host }).catch((error) => {
      if (error instanceof Failure && error.code === 'address-unavailable')
        return openUdp({ ...options, hostname: host.includes(':') ? '::' : '0.0.0.0' });
      throw error;
    });
  } catch (error) {
    throw error instanceof Failure ? new Unusable(error.message) : error;
  }
}
