import type { Admit } from '../origin/ingest/door.ts';
import type { Players, PlayersOptions } from '../origin/rtp/player/players.ts';
import type { Piece } from '../origin/rtp/repertoire.ts';
import { listenRtsp, type RtspListener } from '../origin/rtsp/listener.ts';
import { Feeds } from './feeds.ts';
import { logTo } from './log.ts';
import { ManualClock } from './manual-clock.ts';
import { playersOf } from './players.ts';

/** An open door with channels behind it. */
export type RtspDoor = {
  readonly pieces: readonly Piece[];
  readonly players: Players;
  readonly port: number;
  readonly clock: ManualClock;
  readonly feeds: Feeds;
  readonly lines: string[];
  readonly listener: RtspListener;
};

export type DoorOptions = Partial<PlayersOptions> & {
  readonly admit?: Admit;
  readonly pieces?: readonly Piece[];
  readonly tls?: { readonly key: string; readonly cert: string };
};

/** Opens one on a free port; its channels take what comes with the key `secret`, unless `admit` does otherwise. */
export async function openDoor({ admit, pieces = [], tls, ...more }: DoorOptions = {}): Promise<RtspDoor> {
  const feeds = new Feeds();
  const lines: string[] = [];
  const clock = new ManualClock();
  const log = logTo((line) => lines.push((line as { readonly msg: string }).msg));
  const players = playersOf(pieces, { clock, log, ...more });
  const options = {
    port: 0,
    hostname: '127.0.0.1',
    portSetting: 'none',
    log,
    clock,
    players,
    ...(tls && { tls }),
  };
  const listener = await listenRtsp({ ...options, admit: admit ?? feeds.admit });
  return { pieces, players, port: listener.port, clock, feeds, lines, listener };
}
