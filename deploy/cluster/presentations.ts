import { z } from 'zod';

/** As `GET /api/v1/presentations` at the coordinator describes one. */
const Item = z.object({
  id: z.string(),
  title: z.string().optional(),
  state: z.string(),
  progress: z.number().min(0).max(1).nullish(),
  reason: z.string().nullish(),
});
export type Item = Readonly<z.infer<typeof Item>>;

const Page = z.object({ items: z.array(Item) });

const ANSWER_MS = 2_000;

/** What the cluster presents now; null when the coordinator can't say. */
export async function fetchPresentations(coordinator: string): Promise<readonly Item[] | null> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`${coordinator}/api/v1/presentations`, { signal });
    return Page.parse(await response.json()).items;
  } catch {
    return null;
  }
}
