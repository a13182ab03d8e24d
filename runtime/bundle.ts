import { fileURLToPath } from 'node:url';
import { bun } from './platform.ts';

/** A file for browsers, held in memory. */
export type BundledFile = {
  /** Its name in a URL. Everything but the page itself carries a hash of its bytes in it. */
  readonly name: string;
  /** Media type, charset included. */
  readonly type: string;
  readonly bytes: Uint8Array;
};

/** A page and everything that it loads from the folder at `assetsPath`. */
export type BundledPage = { readonly html: BundledFile; readonly assets: readonly BundledFile[] };

/**
 * Bundles an HTML file with the scripts, styles and pictures that it links to, minified. What a script imports
 * dynamically becomes a file of its own. Throws when this is not Bun, or when a file does not compile.
 */
export async function bundlePage(html: URL, assetsPath: string): Promise<BundledPage> {
  if (!bun) throw new Error('browser pages are bundled by Bun, and this is another runtime');
  const { outputs } = await bun.build({
    entrypoints: [fileURLToPath(html)],
    target: 'browser',
    minify: true,
    splitting: true,
    publicPath: assetsPath,
    naming: { chunk: '[name]-[hash].[ext]', asset: '[name]-[hash].[ext]' },
  });
  return split(await Promise.all(outputs.map(read)));
}

async function read(output: Bun.BuildArtifact): Promise<BundledFile> {
  const name = output.path.replace(/^.*\//, '');
  return { name, type: output.type, bytes: new Uint8Array(await output.arrayBuffer()) };
}

function split(files: readonly BundledFile[]): BundledPage {
  const html = files.find((file) => file.name.endsWith('.html'));
  if (!html) throw new Error('the bundle holds no page');
  return { html, assets: files.filter((file) => file !== html) };
}
