import { MalformedSdp } from './malformed.ts';
import { attributeOf, type Line, type Media, parse as parseMedia, print as printMedia } from './media.ts';

/** A session description, as far as RTSP needs it (RFC 8866 §5). */
export type Session = {
  /** The value of its `o=` line. */
  readonly origin: string;
  readonly name: string;
  /** The value of its `c=` line, such as `IN IP4 0.0.0.0`; null where its media say theirs. */
  readonly connection: string | null;
  readonly control: string | null;
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
  const value = (type: string) => own.find((line) => line[0] === type)?.[1] ?? null;
  const attributes = own.flatMap(([type, said]) => (type === 'a' ? [said] : []));
  return {
    origin: value('o') ?? '',
    name: value('s') ?? '',
    connection: value('c'),
    control: attributeOf(attributes, 'control:'),
    media: starts.map((start, index) => parseMedia(rest.slice(start, starts[index + 1] ?? rest.length))),
  };
}

function readLine(line: string): Line {
  if (!/^[a-z]=/.test(line)) throw new MalformedSdp('a line that is none');
  return [line.slice(0, 1), line.slice(2)];
}

/** The text of a session description. */
export function print({ origin, name, connection, control, media }: Session): string {
  const lines: Line[] = [
    ['v', '0'],
    ['o', origin],
    ['s', name],
    ...(connection === null ? [] : [['c', connection] as const]),
    ['t', '0 0'],
    ...(control === null ? [] : [['a', `control:${control}`] as const]),
    ...media.flatMap(printMedia),
  ];
  return lines.map(([type, value]) => `${type}=${value}\r\n`).join('');
}
