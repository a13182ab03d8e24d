import { PresentationId } from '../../wire/ids.ts';
import type { Programme } from '../../wire/programme.ts';

/** The presentation that shows the film from start to end. */
export const FILM = PresentationId.parse('bbb');

/** The channel that plays it in a loop. */
export const CHANNEL = PresentationId.parse('demo-live');

const CHANNEL_WINDOW_MS = 60_000;

/** What every player plays. */
const CODECS = { videoCodec: 'h264', audioCodec: 'aac' } as const;

/** What a cluster on one machine presents: a film, and a live channel made of it. */
export const programmeOf = (film: string, title: string): Programme => ({
  presentations: [
    { kind: 'vod', id: FILM, title, file: film, ladder: 'film', ...CODECS },
    {
      kind: 'live',
      id: CHANNEL,
      title: `${title}, live`,
      loop: film,
      clock: true,
      ladder: 'light',
      ...CODECS,
      windowMs: CHANNEL_WINDOW_MS,
    },
  ],
});
