import type { ChunkPath, SegmentPath } from '../wire/paths.ts';
import type { Found } from './found.ts';
import type { Stored } from './stored.ts';

/** The chunks of a segment, each as soon as it is here, until there is none behind the last. */
export async function* grow(
  segment: SegmentPath,
  find: (path: ChunkPath) => Found | Promise<Found>,
): AsyncGenerator<Stored> {
  for (let index = 0; ; index++) {
    const found = await find({ ...segment, kind: 'chunk', index });
    if (found.kind !== 'stored') return;
    yield found.stored;
  }
}
