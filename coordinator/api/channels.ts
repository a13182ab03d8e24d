import { hostname } from 'node:os';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { hashKey, newKey } from '../../runtime/keys.ts';
import type { Catalog } from '../../wire/catalog.ts';
import { type ChannelRecord, ChannelSettings } from '../../wire/channel.ts';
import type { PresentationId } from '../../wire/ids.ts';
import { masked } from '../../wire/source.ts';
import type { Channels } from '../channels.ts';
import { routes } from './channel-routes.ts';
import { ingestOf } from './ingest.ts';
import { flatten } from './state.ts';

/** Whoever makes a channel may publish at once: the answer waits so long for the origin to have opened it. */
const OPENED_WITHIN_MS = 500;

const WANTED = { start: 'running', resume: 'running', pause: 'paused', stop: 'stopped' } as const;

/** `/channels`: what they are told to be. The origin makes it come true within a moment. */
export function channelRoutes(app: OpenAPIHono, channels: Channels, catalog: Catalog): void {
  const from = (c: Context) => ({ hostname: new URL(c.req.url).hostname, machine: hostname() });
  const item = (c: Context, { settings, wanted }: ChannelRecord, key: string | null = null) => ({
    ...settings,
    source: masked(settings.source),
    wanted,
    ...stateOf(catalog, settings.id),
    play: { hls: `/play/${settings.id}.m3u8`, dash: `/play/${settings.id}.mpd` },
    ingest: settings.source === 'publish' ? ingestOf(settings.id, key, channels.origin, from(c)) : {},
  });
  const absent = (c: Context, id: string) => c.json(problem('not-found', `there is no channel '${id}'`), 404);

  app.openapi(routes.list, (c) => {
    return c.json({ items: channels.all().map((record) => item(c, record)), next: null }, 200);
  });
  app.openapi(routes.create, async (c) => {
    const asked = c.req.valid('json');
    const settings = { ...asked, title: asked.title ?? asked.id, source: asked.source ?? 'publish' };
    if (catalog.get(asked.id) !== null && channels.get(asked.id) === null) {
      return c.json(problem('taken', `there is a presentation '${asked.id}' already`), 409);
    }
    const key = newKey();
    const record = { settings, wanted: 'running', keyHash: hashKey(key), fromProgramme: false } as const;
    if (!(await channels.create(record))) {
      return c.json(problem('taken', `there is a channel '${asked.id}' already`), 409);
    }
    await catalog.appears(asked.id, OPENED_WITHIN_MS);
    return c.json({ ...item(c, record, key), key }, 201);
  });
  app.openapi(routes.get, (c) => {
    const { id } = c.req.valid('param');
    const record = channels.get(id);
    return record === null ? absent(c, id) : c.json(item(c, record), 200);
  });
  app.openapi(routes.change, async (c) => {
    const { id } = c.req.valid('param');
    const change = c.req.valid('json');
    if (channels.get(id)?.fromProgramme) {
      return c.json(problem('fixed', `the settings of '${id}' come from the origin's programme`), 409);
    }
    const record = await channels.change(id, (known) => ({
      ...known,
      settings: ChannelSettings.parse({ ...known.settings, ...withSource(change, known.settings) }),
    }));
    return record === null ? absent(c, id) : c.json(item(c, record), 200);
  });
  app.openapi(routes.remove, async (c) => {
    const { id } = c.req.valid('param');
    const record = channels.get(id);
    if (record === null) return absent(c, id);
    if (record.fromProgramme) {
      return c.json(problem('fixed', `'${id}' comes from the origin's programme: stop it instead`), 409);
    }
    await channels.remove(id);
    return c.body(null, 204);
  });
  app.openapi(routes.rotate, async (c) => {
    const { id } = c.req.valid('param');
    const key = newKey();
    const record = await channels.change(id, (known) => ({ ...known, keyHash: hashKey(key) }));
    return record === null ? absent(c, id) : c.json({ ...item(c, record, key), key }, 200);
  });
  app.openapi(routes.act, async (c) => {
    const { id, action } = c.req.valid('param');
    const record = await channels.change(id, (known) => ({ ...known, wanted: WANTED[action] }));
    return record === null ? absent(c, id) : c.json(item(c, record), 200);
  });
}

/** A source that comes back as it was shown is the one that is known. */
const withSource = <Change extends { readonly source?: string | undefined }>(
  change: Change,
  { source }: ChannelSettings,
): Change => (change.source === masked(source) ? { ...change, source } : change);

const problem = (code: string, message: string) => ({ error: { code, message } });

const stateOf = (catalog: Catalog, id: PresentationId) => {
  const known = catalog.get(id)?.state;
  return known === undefined
    ? ({ state: 'offline', reason: 'the origin has not opened it yet' } as const)
    : flatten(known);
};
