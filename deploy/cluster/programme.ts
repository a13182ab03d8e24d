import { PresentationId } from '../../wire/ids.ts';
import { Programme } from '../../wire/programme.ts';

/** The presentation that shows the film from start to end. */
export const FILM = PresentationId.parse('bbb');

/** The channel that plays it in a loop. */
export const CHANNEL = PresentationId.parse('demo-live');

/** What a cluster on one machine presents: a film, and a live channel made of it. */
export const programmeOf = (film: string, title: string): Programme =>
  Programme.parse({
    presentations: [
      { kind: 'vod', id: FILM, title, file: film, ladder: '1080p' },
      {
        kind: 'live',
        id: CHANNEL,
        title: `${title}, live`,
        source: `file:${film}`,
        clock: true,
        ladder: 'mobile',
        outputs: ['hls', 'dash', 'rtp'],
      },
    ],
  });
