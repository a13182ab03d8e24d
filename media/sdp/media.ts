import { MalformedSdp } from './malformed.ts';

/** What a payload type stands for (`a=rtpmap`, RFC 8866 §6.6), and its parameters (`a=fmtp`, §6.15). */
export type Format = {
  /** 0 to 127. */
  readonly payloadType: number;
  /** Null where it is one of the static ones of RFC 3551 §6. */
  readonly encoding: Encoding | null;
  /** By their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
};

export type Encoding = {
  readonly name: string;
  /** Hz. */
  readonly clockRate: number;
  readonly channels: number;
};

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** A media description (RFC 8866 §5.14). */
export type Media = {
  /** `video`, `audio` or another. */
  readonly kind: string;
  readonly port: number;
  /** `RTP/AVP` or another. */
  readonly protocol: string;
  readonly formats: readonly Format[];
  /** The value of its own `c=` line; null where the session's holds. */
  readonly connection: string | null;
  /** Of the whole session's packets or this media's alone, headers of IP included (`b=AS`, §5.8); null where it does not say. */
  readonly kilobitsPerSecond: number | null;
  /** Where it is controlled, relative to the session (RFC 2326 §C.1.1); null where it does not say. */
  readonly control: string | null;
  readonly direction: Direction;
};

/** A line: its type and its value. */
export type Line = readonly [type: string, value: string];

const M_LINE = /^(\S{1,32}) (\d{1,5})(?:\/\d{1,5})? (\S{1,32})((?: \S+)*)$/;
const DIRECTIONS: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] satisfies Direction[];

/** Payload types are 7 bits; a description lists the few that it means. */
const FORMATS_MAX = 32;

/**
 * Reads the lines of a media description, its `m=` first; `direction` is what its session says for all. Throws
 * MalformedSdp.
 */
export function parse(
  [[, first] = ['m', ''], ...lines]: readonly Line[],
  direction: Direction = 'sendrecv',
): Media {
  const [, kind, port, protocol, formats = ''] = M_LINE.exec(first) ?? [];
  if (kind === undefined || protocol === undefined) throw new MalformedSdp('an m= line that can not be read');
  const types = formats.split(' ').filter((format) => /^\d{1,3}$/.test(format));
  if (types.length > FORMATS_MAX) throw new MalformedSdp(`more than ${FORMATS_MAX} formats of one media`);
  const attributes = valuesOf(lines, 'a');
  return {
    kind,
    port: Number(port),
    protocol,
    formats: types.map((type) => readFormat(Number(type), attributes)),
    connection: valuesOf(lines, 'c')[0] ?? null,
    kilobitsPerSecond: bandwidthOf(lines),
    control: attributeOf(attributes, 'control:'),
    direction: directionOf(attributes) ?? direction,
  };
}

/** The values of all lines of a type. */
export const valuesOf = (lines: readonly Line[], type: string): readonly string[] =>
  lines.flatMap(([of, value]) => (of === type ? [value] : []));

/** What the `b=AS` line among them says; null where there is none. */
export function bandwidthOf(lines: readonly Line[]): number | null {
  const [, kilobits] =
    /^AS:(\d{1,9})$/.exec(valuesOf(lines, 'b').find((value) => value.startsWith('AS:')) ?? '') ?? [];
  return kilobits === undefined ? null : Number(kilobits);
}

/** The rest of the first attribute that starts so. */
export function attributeOf(attributes: readonly string[], start: string): string | null {
  return attributes.find((attribute) => attribute.startsWith(start))?.slice(start.length) ?? null;
}

/** The direction that attributes say (§6.7), or null. */
export function directionOf(attributes: readonly string[]): Direction | null {
  const isDirection = (attribute: string): attribute is Direction => DIRECTIONS.includes(attribute);
  return attributes.find(isDirection) ?? null;
}

function readFormat(payloadType: number, attributes: readonly string[]): Format {
  const map = attributeOf(attributes, `rtpmap:${payloadType} `);
  const parameters = attributeOf(attributes, `fmtp:${payloadType} `) ?? '';
  return {
    payloadType,
    encoding: map === null ? null : readEncoding(map),
    parameters: readParameters(parameters),
  };
}

function readEncoding(map: string): Encoding {
  const [, name, clockRate, channels = '1'] =
    /^([\w.-]{1,64})\/(\d{1,9})(?:\/(\d{1,3}))?$/.exec(map.trim()) ?? [];
  if (name === undefined || Number(clockRate) === 0 || Number(channels) === 0)
    throw new MalformedSdp('an a=rtpmap that can not be read');
  return { name, clockRate: Number(clockRate), channels: Number(channels) };
}

/** Only the first `=` parts a name from its value: Base64 ends with some. */
function readParameters(text: string): ReadonlyMap<string, string> {
  const parts = text.split(';').map((part) => part.trim());
  return new Map(
    parts
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.includes('=') ? part.indexOf('=') : part.length;
        return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
      }),
  );
}

/** The lines of a media description. */
export function print({ kind, port, protocol, formats, ...media }: Media): readonly Line[] {
  const types = formats.map(({ payloadType }) => ` ${payloadType}`).join('');
  return [
    ['m', `${kind} ${port} ${protocol}${types}`],
    ...line('c', '', media.connection),
    ...line('b', 'AS:', media.kilobitsPerSecond),
    ...formats.flatMap(printFormat),
    // What is said of none is `sendrecv` (§6.7).
    ...(media.direction === 'sendrecv' ? [] : [['a', media.direction] as const]),
    ...line('a', 'control:', media.control),
  ];
}

/** A line, where there is something to say. */
export const line = (type: string, start: string, value: string | number | null): readonly Line[] =>
  value === null ? [] : [[type, `${start}${value}`]];

function printFormat({ payloadType, encoding, parameters }: Format): readonly Line[] {
  const said = [...parameters].map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('; ');
  return [
    ...line('a', `rtpmap:${payloadType} `, encoding && printEncoding(encoding)),
    ...line('a', `fmtp:${payloadType} `, said || null),
  ];
}

const printEncoding = ({ name, clockRate, channels }: Encoding) =>
  [name, clockRate, ...(channels === 1 ? [] : [channels])].join('/');
