const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\//i;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** What a link on a page means (RFC 3986 §5.2), as far as playlists use it: no `..`, no link of a query alone. */
export function resolve(page: string, link: string): string {
  if (ABSOLUTE.test(link)) return link;
  if (link.startsWith('/')) return (ORIGIN.exec(page)?.[0] ?? '') + link;
  return page.replace(/[?#].*$/, '').replace(/[^/]*$/, '') + link;
}
