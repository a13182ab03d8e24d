import { text } from './attributes.ts';
import { type Line, misplaced, type Problem, read, single, type Tag, tagsNamed } from './lines.ts';

/** A media playlist that a multivariant playlist names. */
export type Rendition = {
  /** Absolute. */
  readonly url: string;
  readonly role: 'variant' | 'media' | 'i-frames';
  readonly tag: Tag;
};

export type MultivariantPlaylist = {
  readonly kind: 'multivariant';
  readonly url: string;
  readonly lines: readonly Line[];
  readonly problems: readonly Problem[];
  readonly version: number;
  readonly independentSegments: boolean;
  readonly variants: readonly Tag[];
  readonly media: readonly Tag[];
  readonly iFrames: readonly Tag[];
  readonly steering: Tag | null;
  /** Each URL once. */
  readonly renditions: readonly Rendition[];
};

/** Reads the bytes of a multivariant playlist. Never throws: what is wrong is among its problems. */
export function parseMultivariant(bytes: Uint8Array, url: string): MultivariantPlaylist {
  const { lines, problems } = read(bytes);
  const media = tagsNamed(lines, 'EXT-X-MEDIA');
  const iFrames = tagsNamed(lines, 'EXT-X-I-FRAME-STREAM-INF');
  const { variants, strays } = variantsIn(lines, url);
  const renditions = [
    ...variants,
    ...media.flatMap((tag) => renditionOf(tag, 'media', url)),
    ...iFrames.flatMap((tag) => renditionOf(tag, 'i-frames', url)),
  ];
  return {
    kind: 'multivariant',
    url,
    lines,
    problems: [...problems, ...misplaced(lines, 'multivariant'), ...strays],
    version: Number(single(lines, 'EXT-X-VERSION') ?? 1),
    independentSegments: tagsNamed(lines, 'EXT-X-INDEPENDENT-SEGMENTS').length > 0,
    variants: tagsNamed(lines, 'EXT-X-STREAM-INF'),
    media,
    iFrames,
    steering: tagsNamed(lines, 'EXT-X-CONTENT-STEERING')[0] ?? null,
    renditions: [...new Map(renditions.map((rendition) => [rendition.url, rendition])).values()],
  };
}

function renditionOf(tag: Tag, role: Rendition['role'], base: string): Rendition[] {
  const uri = text(tag.attributes, 'URI');
  return uri === null ? [] : [{ url: new URL(uri, base).href, role, tag }];
}

/** A URI line stands directly behind each EXT-X-STREAM-INF, and nowhere else (§4.4.6.2). */
function variantsIn(lines: readonly Line[], base: string) {
  const variants: Rendition[] = [];
  const strays: Problem[] = [];
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    const isNamed = before?.kind === 'tag' && before.name === 'EXT-X-STREAM-INF';
    if (line.kind === 'uri' && isNamed)
      variants.push({ url: new URL(line.uri, base).href, role: 'variant', tag: before });
    else if (line.kind === 'uri') strays.push({ fault: 'uri-line', text: `line ${line.at}: ${line.uri}` });
    if (isNamed && line.kind !== 'uri') strays.push(missing(before));
  }
  const last = lines.at(-1);
  if (last?.kind === 'tag' && last.name === 'EXT-X-STREAM-INF') strays.push(missing(last));
  return { variants, strays };
}

const missing = ({ at }: Tag): Problem => ({
  fault: 'uri-line',
  text: `line ${at}: no URI line behind EXT-X-STREAM-INF`,
});
