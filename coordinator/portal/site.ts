import type { Hono } from 'hono';
import { policy } from '../web/policy.ts';
import { openSite } from '../web/site.ts';

/** The operations portal at `/admin`, and its assets. The page is public; what it shows needs the admin token. */
export async function portalSite(): Promise<Hono> {
  const { routes } = await openSite({
    html: new URL('./page.html', import.meta.url),
    path: '/admin',
    assetsPath: '/admin/assets/',
    policy: policy("'none'"),
  });
  routes.get('/admin/', (context) => context.redirect('/admin', 308));
  return routes;
}
