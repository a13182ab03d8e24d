/**
 * The Content-Security-Policy of our pages (W3C CSP Level 3). Edges are on other hosts, which change while a page
 * is open, so media and pictures come from anywhere and scripts only from here. media-chrome puts style elements
 * into its shadow roots, which `'unsafe-inline'` allows.
 */
export const policy = (frameAncestors: "'none'" | '*') =>
  [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    'connect-src *',
    'media-src * blob:',
    'img-src * data: blob:',
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
