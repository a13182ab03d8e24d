import { MalformedSdp } from './malformed.ts';
import {
  attributeOf,
  bandwidthOf,
  directionOf,
  type Line,
  line,
  type Media,
  parse as parseMedia,
  print as printMedia,
  valuesOf,
} from './media.ts';

/** A session description, as far as RTSP needs it (RFC 8866 §5). */
export type Session = {
  /** The value of its `o=` line. */
  readonly origin: string;
  readonly name: string;
  /** The value of its `c=` line, such as `IN IP4 0.0.0.0`; null where its media say theirs. */
  readonly connection: string | null;
  /** `*` in RTSP: the description's own address controls all media (RFC 2326 §C.1.1). */
  readonly control: string | null;
  /** `npt=0-30.5` for a film, `npt=now-` for what is live (RFC 2326 §C.1.5); null where it does not say. */
  readonly range: string | null;
  /** What made it (`a=tool`, §6.3); null where it does not say. */
  readonly tool: string | null;
  /** Of all media together (`b=AS`, §5.8); null where it does not say. */
  readonly kilobitsPerSecond: number | null;
  readonly media: readonly Media[];
};

/** Media of a session: pictures and sound in several languages need no more. */
const MEDIA_MAX = 16;

/** Lines that are read. */
const LINES_MAX = 512;

/** Reads a session description. What it does not know it leaves out. Throws MalformedSdp. */
export function parse(text: string): Session {
  const lines = text.split(/\r?\n|\r/).filter((line) => line !== '');
  if (lines.length > LINES_MAX) throw new MalformedSdp(`more than ${LINES_MAX} lines`);
  const [first, ...rest] = lines.map(readLine);
  if (first?.[0] !== 'v' || first[1] !== '0') throw new MalformedSdp('it does not start with v=0');
  const starts = rest.flatMap(([type], index) => (type === 'm' ? [index] : []));
  if (starts.length > MEDIA_MAX) throw new MalformedSdp(`more than ${MEDIA_MAX} media`);
  const own = rest.slice(0, starts[0] ?? rest.length);
  const value = (type: string) => valuesOf(own, type)[0] ?? null;
  const attributes = valuesOf(own, 'a');
  const direction = directionOf(attributes) ?? undefined;
  return {
    origin: value('o') ?? '',
    name: value('s') ?? '',
    connection: value('c'),
    control: attributeOf(attributes, 'control:'),
    range: attributeOf(attributes, 'range:'),
    tool: attributeOf(attributes, 'tool:'),
    kilobitsPerSecond: bandwidthOf(own),
    media: starts.map((start, index) =>
      parseMedia(rest.slice(start, starts[index + 1] ?? rest.length), direction),
    ),
  };
}

function readLine(line: string): Line {
  if (!/^[a-z]=/.test(line)) throw new MalformedSdp('a line that is none');
  return [line.slice(0, 1), line.slice(2)];
}

/** The text of a session description. */
export function print({ origin, name, media, ...session }: Session): string {
  const lines: readonly Line[] = [
    ['v', '0'],
    ['o', origin],
    ['s', name],
    ...line('c', '', session.connection),
    ...line('b', 'AS:', session.kilobitsPerSecond),
    ['t', '0 0'],
    ...line('a', 'tool:', session.tool),
    ...line('a', 'control:', session.control),
    ...line('a', 'range:', session.range),
    ...media.flatMap(printMedia),
  ];
  return lines.map(([type, value]) => `${type}=${value}\r\n`).join('');
}
