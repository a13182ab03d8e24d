import { lookup } from 'node:dns/promises';
import type { IceServer, Network } from './network.ts';

/** How an operator sets WebRTC. */
export type WebrtcSettings = {
  readonly publicHost: string | null;
  readonly webrtcPorts: readonly [number, number] | null;
  /** `stun:<host>:<port>` or `turn:<user>:<password>@<host>:<port>`. */
  readonly iceServers: readonly string[] | null;
};

/** What the settings mean. A public host name that can't be resolved now is left out. */
export async function networkOf({ publicHost, webrtcPorts, iceServers }: WebrtcSettings): Promise<Network> {
  return {
    publicAddresses: publicHost === null ? [] : await addressesOf(publicHost),
    udpPorts: webrtcPorts,
    iceServers: (iceServers ?? []).map(readServer),
  };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  const found = await lookup(bare, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function readServer(text: string): IceServer {
  const [, username, credential, host] = /^turn:([^:]+):([^@]+)@(.+)$/.exec(text) ?? [];
  if (username === undefined || credential === undefined) return { url: text };
  return { url: `turn:${host}`, username, credential };
}
