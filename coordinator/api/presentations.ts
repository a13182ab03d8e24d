import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Catalog } from '../../wire/catalog.ts';
import { Output, Protection } from '../../wire/channel.ts';
import type { Presentation, Track } from '../../wire/presentation.ts';
import { Flat, flatten } from './state.ts';

const VideoItem = z.object({
  id: z.string(),
  kind: z.literal('video'),
  codec: z.string(),
  width: z.int(),
  height: z.int(),
  /** Frames a second. */
  frameRate: z.number(),
});
const AudioItem = z.object({
  id: z.string(),
  kind: z.literal('audio'),
  codec: z.string(),
  channels: z.int(),
  /** Hz. */
  sampleRate: z.int(),
  language: z.string(),
});

const Item = z
  .object({
    id: z.string(),
    title: z.string(),
    kind: z.enum(['live', 'vod']),
    ...Flat.shape,
    durationMs: z.number().nullable(),
    poster: z.string().nullable(),
    /** `whep` is null for what is not played over WebRTC. */
    play: z.object({ hls: z.string(), dash: z.string(), whep: z.string().nullable() }),
    /** `token`: to play it, and to see its poster, takes one. */
    protection: Protection,
    outputs: z.array(Output),
    tracks: z.array(z.discriminatedUnion('kind', [VideoItem, AudioItem])),
  })
  .openapi('Presentation');

const Page = z.object({ items: z.array(Item), next: z.string().nullable() }).openapi('Presentations');

const Query = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** The `next` of the page before. */
  after: z.string().optional(),
});

const listRoute = createRoute({
  method: 'get',
  path: '/presentations',
  summary: 'What can be watched, or will be',
  request: { query: Query },
  responses: { 200: { description: 'A page', content: { 'application/json': { schema: Page } } } },
});

export function presentationRoutes(app: OpenAPIHono, catalog: Catalog): void {
  app.openapi(listRoute, (c) => {
    const { limit, after } = c.req.valid('query');
    const rest = catalog.all().filter(({ id }) => after === undefined || id > after);
    const page = rest.slice(0, limit);
    const next = rest.length > limit ? (page.at(-1)?.id ?? null) : null;
    return c.json({ items: page.map(itemOf), next }, 200);
  });
}

function itemOf(presentation: Presentation): z.infer<typeof Item> {
  const { id, title, kind, state, durationMs, poster, protection, outputs, tracks } = presentation;
  return {
    id,
    title,
    kind,
    ...flatten(state),
    durationMs,
    poster: poster ? `/play/${id}/poster.jpg` : null,
    play: {
      hls: `/play/${id}.m3u8`,
      dash: `/play/${id}.mpd`,
      whep: kind === 'live' && outputs.includes('rtp') ? `/play/${id}.whep` : null,
    },
    protection,
    outputs: [...outputs],
    tracks: tracks.map(trackItem),
  };
}

function trackItem({ id, media }: Track): z.infer<typeof VideoItem> | z.infer<typeof AudioItem> {
  if (media.kind === 'audio') return { id, ...media };
  const { kind, codec, width, height, frameRate } = media;
  return { id, kind, codec, width, height, frameRate: frameRate.num / frameRate.den };
}
