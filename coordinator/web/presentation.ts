import * as z from 'zod/mini';

const Video = z.object({
  id: z.string(),
  kind: z.literal('video'),
  codec: z.string(),
  width: z.number(),
  height: z.number(),
  frameRate: z.number(),
});

const Audio = z.object({
  id: z.string(),
  kind: z.literal('audio'),
  codec: z.string(),
  channels: z.number(),
  sampleRate: z.number(),
  language: z.string(),
});

const Track = z.discriminatedUnion('kind', [Video, Audio]);
export type Track = Readonly<z.infer<typeof Track>>;

const described = {
  id: z.string(),
  title: z.string(),
  kind: z.enum(['live', 'vod']),
  durationMs: z.nullable(z.number()),
  /** `token`: to play it, and to see its picture, takes one. */
  protection: z.enum(['none', 'token']),
  /** Where its picture is; null while it has none. */
  poster: z.nullable(z.string()),
  /** `whep` is null for what is not played over WebRTC. */
  play: z.object({ hls: z.string(), dash: z.string(), whep: z.nullable(z.string()) }),
  tracks: z.array(Track),
};

/** A presentation as the API lists it. `since` is in milliseconds since 1970. */
export const Presentation = z.discriminatedUnion('state', [
  z.object({ ...described, state: z.literal('packaging'), progress: z.number() }),
  z.object({ ...described, state: z.literal('ready') }),
  z.object({ ...described, state: z.literal('live'), since: z.optional(z.number()) }),
  z.object({ ...described, state: z.literal('slate'), since: z.optional(z.number()), reason: z.string() }),
  z.object({ ...described, state: z.literal('standby'), since: z.optional(z.number()) }),
  z.object({ ...described, state: z.literal('offline'), since: z.optional(z.number()), reason: z.string() }),
  z.object({ ...described, state: z.literal('failed'), reason: z.string() }),
]);
export type Presentation = Readonly<z.infer<typeof Presentation>>;

const List = z.object({ items: z.array(Presentation) });

/** Live channels first, then by title. */
export const inOrder = (items: readonly Presentation[]) =>
  items.toSorted((a, b) => a.kind.localeCompare(b.kind) || a.title.localeCompare(b.title));

/** What there is to watch, in order; null when the answer can't be had or understood. */
export async function fetchPresentations(): Promise<readonly Presentation[] | null> {
  try {
    const response = await fetch('/api/v1/presentations');
    if (!response.ok) return null;
    return inOrder(List.parse(await response.json()).items);
  } catch {
    return null;
  }
}
