import type { Registry } from '../coordinator/registry.ts';
import type { Catalog } from '../wire/catalog.ts';
import { NodeId, PresentationId, TrackId } from '../wire/ids.ts';
import type { Lease } from '../wire/lease.ts';
import type { Presentation } from '../wire/presentation.ts';
import { WIRE_VERSION } from '../wire/version.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** The lease of an edge on no machine of ours, with room. */
export const lease = (change: Partial<Lease> = {}): Lease => ({
  version: WIRE_VERSION,
  edge: NodeId.parse('edge-1'),
  publicUrl: null,
  addresses: ['10.0.0.1'],
  port: 8081,
  machine: 'elsewhere',
  region: 'local',
  capacity: 100,
  viewers: 0,
  egressBitsPerSecond: 0,
  draining: false,
  ttlMs: 3_000,
  ...change,
});

export const hear = (registry: Registry, change: Partial<Lease>, nowMs: number) =>
  registry.hear(bytes(lease(change)), nowMs);

export const edge = (id: string) => NodeId.parse(id);

/** A film that can be watched. */
export const film = (id: string, change: Partial<Presentation> = {}): Presentation => ({
  id: PresentationId.parse(id),
  title: `The film ${id}`,
  kind: 'vod',
  state: { name: 'ready', at: 1_700_000_000_000 },
  targetDurationMs: 2_000,
  chunkDurationMs: null,
  windowMs: 0,
  durationMs: 30_000,
  outputs: ['hls', 'dash'],
  protection: 'none',
  onDemand: false,
  poster: true,
  tracks: [
    {
      id: TrackId.parse('v720'),
      timescale: 12_800,
      media: {
        kind: 'video',
        codec: 'avc1.64001f',
        width: 1_280,
        height: 720,
        frameRate: { num: 24, den: 1 },
      },
    },
    {
      id: TrackId.parse('a128'),
      timescale: 48_000,
      media: { kind: 'audio', codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000, language: 'und' },
    },
  ],
  ...change,
});

/** Puts presentations into a catalog, as the origin would. */
export function describeAll(catalog: Catalog, presentations: readonly Presentation[]): void {
  for (const presentation of presentations) catalog.update(presentation.id, bytes(presentation));
}
