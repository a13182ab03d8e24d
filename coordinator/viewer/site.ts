import type { Hono } from 'hono';
import { respond } from '../web/file.ts';
import { policy } from '../web/policy.ts';
import { openSite } from '../web/site.ts';

/** The viewer page at `/`, and its assets. Other sites may embed it: it holds no secret and acts for no one. */
export async function viewerSite(): Promise<Hono> {
  const { routes, assets } = await openSite({
    html: new URL('./page.html', import.meta.url),
    path: '/',
    assetsPath: '/assets/',
    policy: policy('*'),
  });
  const icon = assets.find((asset) => asset.name.startsWith('icon-'));
  // Clients that read no HTML ask for this name.
  if (icon)
    routes.get('/favicon.ico', (context) => respond(context, icon, { 'Cache-Control': 'max-age=86400' }));
  return routes;
}
