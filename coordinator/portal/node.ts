import * as z from 'zod/mini';

/** An edge as the API lists it. */
const EdgeNode = z.object({
  id: z.string(),
  region: z.string(),
  /** Where viewers reach it. */
  url: z.string(),
  viewers: z.number(),
  capacity: z.number(),
  egressBitsPerSecond: z.number(),
  draining: z.boolean(),
  /** Time since it was last heard of. */
  leaseAgeMs: z.number(),
  state: z.string(),
});
export type EdgeNode = Readonly<z.infer<typeof EdgeNode>>;

const List = z.object({ items: z.array(EdgeNode) });

/** What asking for the fleet comes to. */
export type Answer =
  | { readonly kind: 'nodes'; readonly nodes: readonly EdgeNode[] }
  /** The token opens nothing. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'silent' };

/** Asks the coordinator for its edges, in the order of their names. */
export async function fetchNodes(token: string): Promise<Answer> {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch('/api/v1/nodes', { headers, cache: 'no-store' });
    if (response.status === 401 || response.status === 403) return { kind: 'refused' };
    if (!response.ok) return { kind: 'silent' };
    const { items } = List.parse(await response.json());
    return { kind: 'nodes', nodes: items.toSorted(byName) };
  } catch {
    return { kind: 'silent' };
  }
}

const byName = (a: EdgeNode, b: EdgeNode) => a.id.localeCompare(b.id, 'en', { numeric: true });
