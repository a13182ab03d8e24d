import { Players, type PlayersOptions } from '../origin/rtp/players.ts';
import type { Piece } from '../origin/rtp/repertoire.ts';

/** Players of these pieces, over TCP alone unless something else is given. */
export function playersOf(
  pieces: readonly Piece[],
  options: Pick<PlayersOptions, 'clock' | 'log'> & Partial<PlayersOptions>,
): Players {
  const find: PlayersOptions['repertoire']['find'] = async (name) => {
    const piece = pieces.find(({ id }) => id === name);
    if (piece !== undefined) return { kind: 'piece', piece };
    return { kind: 'missing', status: 404, reason: 'there is no such presentation' };
  };
  return new Players({
    repertoire: { find },
    gate: async () => ({ kind: 'open' }),
    fan: null,
    groups: null,
    ...options,
  });
}
