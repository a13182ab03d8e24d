import type { Gate } from '../origin/rtp/gate/gate.ts';
import { Players, type PlayersOptions } from '../origin/rtp/player/players.ts';
import type { Piece } from '../origin/rtp/repertoire.ts';

/** Players of these pieces, over TCP alone unless something else is given. */
export function playersOf(
  pieces: readonly Piece[],
  options: Pick<PlayersOptions, 'clock' | 'log'> & Partial<PlayersOptions>,
): Players {
  const pieceOf = (name: string) => pieces.find(({ id }) => id === name);
  const repertoire: PlayersOptions['repertoire'] = {
    idOf: (name) => pieceOf(name)?.id ?? null,
    find: async (id) => {
      const piece = pieceOf(id);
      if (piece !== undefined) return { kind: 'piece', piece };
      return { kind: 'missing', status: 404, reason: 'there is no such presentation' };
    },
  };
  const gate: Gate = async () => ({ kind: 'open' });
  return new Players({ repertoire, gate, fan: null, groups: null, ...options });
}
