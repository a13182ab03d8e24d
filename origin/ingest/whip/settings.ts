import { lookup } from 'node:dns/promises';
import { SEGMENT_SECONDS } from '../../station.ts';
import type { WhipOptions } from './routes.ts';

/** Most that a browser is asked to send: 720p30 of a camera looks good at this, and 1080p well. */
const BITS_PER_SECOND_MAX = 4_000_000;

/** How an operator sets the WHIP door. */
export type WhipSettings = {
  readonly publicHost: string | null;
  readonly webrtcPorts: readonly [number, number] | null;
  /** `stun:<host>:<port>` or `turn:<user>:<password>@<host>:<port>`. */
  readonly iceServers: readonly string[] | null;
};

/** What the settings mean. A public host name that can't be resolved now is left out. */
export async function whipSettings(
  settings: WhipSettings,
): Promise<Omit<WhipOptions, 'admit' | 'log' | 'clock'>> {
  return {
    publicAddresses: settings.publicHost === null ? [] : await addressesOf(settings.publicHost),
    udpPorts: settings.webrtcPorts,
    iceServers: (settings.iceServers ?? []).map(readServer),
    maxBitsPerSecond: BITS_PER_SECOND_MAX,
    keyFrameMs: SEGMENT_SECONDS * 1000,
  };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  const found = await lookup(bare, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function readServer(text: string) {
  const [, username, credential, host] = /^turn:([^:]+):([^@]+)@(.+)$/.exec(text) ?? [];
  if (username === undefined || credential === undefined) return { url: text };
  return { url: `turn:${host}`, username, credential };
}
