import { Hono } from 'hono';
import { bundlePage } from '../../runtime/bundle.ts';
import { prepare, respond, type WebFile } from './file.ts';

/** A page to serve, and where. */
export type SiteOptions = {
  readonly html: URL;
  /** Where the page is. */
  readonly path: string;
  /** The folder of its scripts, styles and pictures, ending in a slash. */
  readonly assetsPath: string;
  /** The whole Content-Security-Policy header (W3C CSP Level 3). */
  readonly policy: string;
};

/** A page that is ready to be routed to. */
export type Site = { readonly page: WebFile; readonly assets: readonly WebFile[]; readonly routes: Hono };

/** Hashed names: another version has another name. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** Kept, but asked about each time: the page names the assets of the running version. */
const REVALIDATE = 'no-cache';

const SAFE = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
} as const;

/** Bundles and compresses a page, and routes to it and to all that it loads. */
export async function openSite({ html, path, assetsPath, policy }: SiteOptions): Promise<Site> {
  const bundle = await bundlePage(html, assetsPath);
  const [page, assets] = await Promise.all([prepare(bundle.html), Promise.all(bundle.assets.map(prepare))]);
  const routes = new Hono();
  routes.get(path, (context) =>
    respond(context, page, { ...SAFE, 'Cache-Control': REVALIDATE, 'Content-Security-Policy': policy }),
  );
  for (const asset of assets)
    routes.get(`${assetsPath}${asset.name}`, (context) => respondAsset(context, asset));
  return { page, assets, routes };
}

/** Answers with a file whose URL changes when its bytes do. */
const respondAsset = (context: Parameters<typeof respond>[0], asset: WebFile) =>
  respond(context, asset, { ...SAFE, 'Cache-Control': IMMUTABLE });
