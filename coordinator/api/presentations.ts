import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Catalog } from '../../wire/catalog.ts';
import type { Presentation, State, Track } from '../../wire/presentation.ts';

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
    state: z.enum(['packaging', 'ready', 'live', 'offline', 'failed']),
    /** While packaging, from 0 to 1. */
    progress: z.number().optional(),
    /** When failed or offline. */
    reason: z.string().optional(),
    /** Since when it is live or offline, milliseconds since 1970. */
    since: z.number().optional(),
    durationMs: z.number().nullable(),
    poster: z.string().nullable(),
    play: z.object({ hls: z.string(), dash: z.string() }),
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

function itemOf({ id, title, kind, state, durationMs, poster, tracks }: Presentation): z.infer<typeof Item> {
  return {
    id,
    title,
    kind,
    ...flatten(state),
    durationMs,
    poster: poster ? `/play/${id}/poster.jpg` : null,
    play: { hls: `/play/${id}.m3u8`, dash: `/play/${id}.mpd` },
    tracks: tracks.map(trackItem),
  };
}

function flatten(state: State) {
  switch (state.name) {
    case 'packaging':
      return { state: state.name, progress: state.progress };
    case 'ready':
      return { state: state.name };
    case 'live':
      return { state: state.name, since: state.since };
    case 'offline':
      return { state: state.name, since: state.since, reason: state.reason };
    case 'failed':
      return { state: state.name, reason: state.reason };
  }
}

function trackItem({ id, media }: Track): z.infer<typeof VideoItem> | z.infer<typeof AudioItem> {
  if (media.kind === 'audio') return { id, ...media };
  const { kind, codec, width, height, frameRate } = media;
  return { id, kind, codec, width, height, frameRate: frameRate.num / frameRate.den };
}
