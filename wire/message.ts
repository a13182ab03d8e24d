import type { z } from 'zod';

/** Reads JSON that another node wrote; null when it is not what the schema says. Never throws. */
export function read<T>(schema: z.ZodType<T>, data: Uint8Array): T | null {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(data))).data ?? null;
  } catch {
    return null;
  }
}
