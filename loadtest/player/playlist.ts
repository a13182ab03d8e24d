/** What a player reads of a multivariant playlist (draft-pantos-hls-rfc8216bis §4.4.6). */
export type Multivariant = {
  readonly variants: readonly Variant[];
  /** Playlists of audio, by group; the default of each. */
  readonly audio: Readonly<Record<string, string>>;
};

export type Variant = { readonly uri: string; readonly bandwidth: number; readonly audio: string | null };

/** What a player reads of a media playlist (§4.4.3, §4.4.4). */
export type Media = {
  readonly targetSeconds: number;
  /** Nothing will be appended. */
  readonly ended: boolean;
  readonly segments: readonly Segment[];
};

export type Segment = {
  /** Media sequence number. */
  readonly number: number;
  readonly uri: string;
  readonly seconds: number;
  /** Of the init segment that it needs. */
  readonly map: string | null;
};

const ATTRIBUTE = /([A-Z0-9-]+)=("[^"]*"|[^",]*)/g;

function attributes(line: string): Readonly<Record<string, string>> {
  const list = [...line.slice(line.indexOf(':') + 1).matchAll(ATTRIBUTE)];
  return Object.fromEntries(list.map(([, name = '', value = '']) => [name, value.replace(/"/g, '')]));
}

const linesOf = (text: string) => text.split(/\r?\n/).filter((line) => line !== '');

/** Null when the text is no playlist, or names no variant. */
export function parseMultivariant(text: string): Multivariant | null {
  const lines = linesOf(text);
  if (lines[0] !== '#EXTM3U') return null;
  const variants: Variant[] = [];
  const audio: Record<string, string> = {};
  for (const [at, line] of lines.entries()) {
    const given = attributes(line);
    if (line.startsWith('#EXT-X-STREAM-INF:')) variants.push(variantOf(given, lines[at + 1] ?? ''));
    if (!line.startsWith('#EXT-X-MEDIA:') || given.TYPE !== 'AUDIO' || !given.URI) continue;
    const group = given['GROUP-ID'] ?? '';
    if (given.DEFAULT === 'YES' || !(group in audio)) audio[group] = given.URI;
  }
  return variants.length === 0 ? null : { variants, audio };
}

const variantOf = (given: Readonly<Record<string, string>>, uri: string): Variant => ({
  uri,
  bandwidth: Number(given.BANDWIDTH),
  audio: given.AUDIO ?? null,
});

/** Null when the text is no media playlist. */
export function parseMedia(text: string): Media | null {
  const lines = linesOf(text);
  const target = numberAfter(lines, '#EXT-X-TARGETDURATION:');
  if (lines[0] !== '#EXTM3U' || target === null) return null;
  const segments: Segment[] = [];
  let number = numberAfter(lines, '#EXT-X-MEDIA-SEQUENCE:') ?? 0;
  let seconds = 0;
  let map: string | null = null;
  for (const line of lines) {
    if (line.startsWith('#EXTINF:')) seconds = Number.parseFloat(line.slice('#EXTINF:'.length));
    else if (line.startsWith('#EXT-X-MAP:')) map = attributes(line).URI ?? null;
    else if (!line.startsWith('#')) segments.push({ number: number++, uri: line, seconds, map });
  }
  return { targetSeconds: target, ended: lines.includes('#EXT-X-ENDLIST'), segments };
}

function numberAfter(lines: readonly string[], tag: string): number | null {
  const line = lines.find((one) => one.startsWith(tag));
  return line === undefined ? null : Number.parseInt(line.slice(tag.length), 10);
}

/** How far behind the newest segment's end a player starts, in target durations (§4.4.3.8). */
const HOLD_BACK_TARGETS = 3;

/** Where a player starts: the number of the first segment of what is ended, of the last that is far enough back else. */
export function startOf({ segments, ended, targetSeconds }: Media): number | null {
  if (ended) return segments[0]?.number ?? null;
  let behind = 0;
  for (const segment of [...segments].reverse()) {
    behind += segment.seconds;
    if (behind >= HOLD_BACK_TARGETS * targetSeconds) return segment.number;
  }
  return segments[0]?.number ?? null;
}
