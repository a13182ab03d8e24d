import type { Context, Hono } from 'hono';
import { policy } from '../web/policy.ts';
import { openSite } from '../web/site.ts';

/** Where a channel is published to over WHIP, for whoever asks; null while no origin is known. */
export type WhipUrlOf = (channel: string, c: Context) => string | null;

/**
 * The page at `/go-live` that publishes a camera or a screen, its assets, and `GET /go-live/whip/<channel>`, which says
 * where to. The page is public; publishing needs the channel's key, which goes to the origin alone.
 */
export async function goLiveSite(whipUrlOf: WhipUrlOf): Promise<Hono> {
  const { routes } = await openSite({
    html: new URL('./page.html', import.meta.url),
    path: '/go-live',
    assetsPath: '/go-live/assets/',
    policy: policy("'none'"),
  });
  routes.get('/go-live/', (c) => c.redirect('/go-live', 308));
  routes.get('/go-live/whip/:channel', (c) => {
    const url = whipUrlOf(c.req.param('channel'), c);
    if (url === null) return c.json({ error: { code: 'no-origin', message: 'no origin is running' } }, 503);
    return c.json({ url }, 200, { 'Cache-Control': 'no-store' });
  });
  return routes;
}
