import type { Pair } from '../../../media/rtsp/transport.ts';

/** How the packets of a track go to a player, once SETUP has agreed on that. All tracks of a session go the same way. */
export type Carrier =
  | { readonly kind: 'interleaved'; readonly channels: Pair }
  | { readonly kind: 'unicast'; readonly clientPorts: Pair }
  | { readonly kind: 'multicast'; readonly group: Group };

/** Where a track goes to for all who receive it there. */
export type Group = { readonly address: string; readonly ports: Pair };

/** The channels that were asked for, if they are free, or else the first free ones; null when there are none. */
export function chooseChannels(asked: Pair | null, taken: readonly Carrier[]): Pair | null {
  const used = new Set(taken.flatMap((carrier) => (carrier.kind === 'interleaved' ? carrier.channels : [])));
  const isFree = (pair: Pair) => pair[0] !== pair[1] && !pair.some((channel) => used.has(channel));
  if (asked !== null) return isFree(asked) ? asked : null;
  for (let first = 0; first < 255; first += 2) if (isFree([first, first + 1])) return [first, first + 1];
  return null;
}
