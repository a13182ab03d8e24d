import { hostname } from 'node:os';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Clock } from '../../runtime/clock.ts';
import { urlOf } from '../assignment/address.ts';
import type { Member, Registry } from '../registry.ts';

const Item = z
  .object({
    id: z.string(),
    region: z.string(),
    url: z.string(),
    addresses: z.array(z.string()),
    viewers: z.number(),
    capacity: z.int(),
    egressBitsPerSecond: z.number(),
    draining: z.boolean(),
    leaseAgeMs: z.number(),
    state: z.enum(['alive', 'draining', 'gone']),
  })
  .openapi('Node');

const Page = z.object({ items: z.array(Item), next: z.string().nullable() }).openapi('Nodes');
const Problem = z.object({ error: z.object({ code: z.string(), message: z.string() }) }).openapi('Problem');

const listRoute = createRoute({
  method: 'get',
  path: '/nodes',
  summary: 'The edges, as they last described themselves',
  security: [{ adminToken: [] }],
  responses: {
    200: { description: 'All of them', content: { 'application/json': { schema: Page } } },
    401: { description: 'No admin token', content: { 'application/json': { schema: Problem } } },
  },
});

export function nodeRoutes(app: OpenAPIHono, registry: Registry, clock: Clock): void {
  app.openapi(listRoute, (c) => {
    const now = clock.now();
    const from = { hostname: new URL(c.req.url).hostname, machine: hostname() };
    const items = registry.members(now).map((member) => itemOf(member, urlOf(member.lease, from), now));
    return c.json({ items, next: null }, 200);
  });
}

function itemOf({ lease, heardMs, state }: Member, url: string, nowMs: number): z.infer<typeof Item> {
  const { edge, region, addresses, viewers, capacity, egressBitsPerSecond, draining } = lease;
  const leaseAgeMs = nowMs - heardMs;
  return {
    id: edge,
    region,
    url,
    addresses,
    viewers,
    capacity,
    egressBitsPerSecond,
    draining,
    leaseAgeMs,
    state,
  };
}
