import { z } from 'zod';
import type { Values } from '../../runtime/config.ts';

/** What can be soaked: two players, the rules of HLS with ffmpeg's view of the same channel. */
export const PARTS = ['hls', 'dash', 'rules', 'ffmpeg'] as const;
const Part = z.enum(PARTS);
export type PartName = z.infer<typeof Part>;

export const soakSettings = {
  minutes: {
    env: 'HEADWATER_SOAK_MINUTES',
    schema: z.coerce.number().min(0.5).max(1_440),
    fallback: '10',
    help: 'how long it is watched, minutes; half a minute at the least',
  },
  chunkMs: {
    env: 'HEADWATER_SOAK_CHUNK_MS',
    schema: z.coerce.number().int().min(200).max(1_000),
    fallback: '500',
    help: 'length of the chunks, milliseconds, 200 to 1000',
  },
  what: {
    env: 'HEADWATER_SOAK_WHAT',
    schema: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(Part).min(1)),
    fallback: PARTS.join(','),
    help: `what is done, all at once: some of ${PARTS.join(', ')}, with commas between`,
  },
} as const;

export type SoakSettings = Values<typeof soakSettings>;
