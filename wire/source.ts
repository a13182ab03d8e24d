/** Where the media of a channel comes from. */
export type Source =
  /** Somebody publishes it, with the channel's key. */
  | { readonly kind: 'publish' }
  /** A file, or all files of a folder one after another, in a loop and in real time. */
  | { readonly kind: 'loop'; readonly path: string }
  /** A camera at the origin's own machine, by ffmpeg's name for such devices. */
  | { readonly kind: 'camera'; readonly format: 'v4l2' | 'avfoundation'; readonly device: string }
  /** The origin fetches it. */
  | { readonly kind: 'pull'; readonly url: string; readonly scheme: PullScheme };

export const PULL_SCHEMES = ['rtsp', 'rtsps', 'http', 'https', 'udp', 'rtp', 'srt', 'rtmp', 'rtmps'] as const;
export type PullScheme = (typeof PULL_SCHEMES)[number];

const isPullScheme = (scheme: string): scheme is PullScheme =>
  (PULL_SCHEMES as readonly string[]).includes(scheme);

/** What a source looks like, for messages. */
export const SOURCE_FORMS =
  'publish, file:<path of a file or folder>, v4l2:<device>, avfoundation:<device>, or an URL of rtsp, http, udp, rtp, srt or rtmp';

/** Reads `publish`, `file:film.mp4`, `v4l2:/dev/video0` or `rtsp://camera/1`; null for anything else. */
export function parse(text: string): Source | null {
  if (text === 'publish') return { kind: 'publish' };
  const [, scheme = '', rest = ''] = /^([a-z0-9]+):(.+)$/s.exec(text) ?? [];
  if (rest === '' || rest.includes('\0')) return null;
  switch (scheme) {
    case 'file':
      return { kind: 'loop', path: rest };
    case 'v4l2':
    case 'avfoundation':
      return { kind: 'camera', format: scheme, device: rest };
    default:
      return isPullScheme(scheme) && hasHost(text) ? { kind: 'pull', url: text, scheme } : null;
  }
}

/** What opens a source: the password before its host, and what its query says for the same end. */
const PASSWORD = /(:\/\/[^/?#:@\s]*):[^/?#\s]*@/g;
const SECRETS = /([?&](?:key|passphrase|passwd|password|pwd|streamid|token)=)[^&\s]*/gi;

/** A text with URLs as it may be shown: without what opens them. */
export const masked = (text: string): string =>
  text.replaceAll(PASSWORD, '$1:***@').replaceAll(SECRETS, '$1***');

const hasHost = (text: string) => URL.canParse(text) && /^[a-z0-9]+:\/\/[^/]/.test(text);
