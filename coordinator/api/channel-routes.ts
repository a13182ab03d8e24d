import { createRoute, z } from '@hono/zod-openapi';
import { ChannelSettings, Wanted } from '../../wire/channel.ts';
import { PresentationId } from '../../wire/ids.ts';
import { Ingest } from './ingest.ts';
import { Flat } from './state.ts';

/** What a channel is made of: only the id must be said. */
const Asked = ChannelSettings.partial({ title: true, source: true }).strict().openapi('NewChannel');

/** What of it can be changed. */
const Change = ChannelSettings.omit({ id: true })
  .extend(undefaulted())
  .partial()
  .strict()
  .openapi('ChannelChange');

const Item = z
  .object({
    ...ChannelSettings.shape,
    wanted: Wanted,
    ...Flat.shape,
    play: z.object({ hls: z.string(), dash: z.string() }),
    ingest: Ingest,
  })
  .openapi('Channel');

/** The key is shown where it is made, and nowhere else. */
const WithKey = Item.extend({ key: z.string() }).openapi('ChannelWithKey');
const Page = z.object({ items: z.array(Item), next: z.string().nullable() }).openapi('Channels');
const Problem = z.object({ error: z.object({ code: z.string(), message: z.string() }) }).openapi('Problem');

const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const body = <S extends z.ZodType>(schema: S) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});
const params = z.object({ id: PresentationId });
const security = [{ adminToken: [] }];
const failures = {
  400: json(Problem, 'Not understood'),
  401: json(Problem, 'No admin token'),
  404: json(Problem, 'No such channel'),
  409: json(Problem, 'It can not be so'),
};

export const routes = {
  list: createRoute({
    method: 'get',
    path: '/channels',
    summary: 'All channels',
    security,
    responses: { 200: json(Page, 'All of them'), ...failures },
  }),
  create: createRoute({
    method: 'post',
    path: '/channels',
    summary: 'Makes a channel',
    security,
    request: body(Asked),
    responses: { 201: json(WithKey, 'It, with its key, which is not shown again'), ...failures },
  }),
  get: createRoute({
    method: 'get',
    path: '/channels/{id}',
    summary: 'One channel',
    security,
    request: { params },
    responses: { 200: json(Item, 'It'), ...failures },
  }),
  change: createRoute({
    method: 'patch',
    path: '/channels/{id}',
    summary: 'Changes settings; who publishes is sent away, and may come back at once',
    security,
    request: { params, ...body(Change) },
    responses: { 200: json(Item, 'As it is now'), ...failures },
  }),
  remove: createRoute({
    method: 'delete',
    path: '/channels/{id}',
    summary: 'Removes a channel and its window; its recordings stay',
    security,
    request: { params },
    responses: { 204: { description: 'It is gone' }, ...failures },
  }),
  rotate: createRoute({
    method: 'post',
    path: '/channels/{id}/key',
    summary: 'Makes a new key; the old one opens it no more',
    security,
    request: { params },
    responses: { 200: json(WithKey, 'With the new key'), ...failures },
  }),
  act: createRoute({
    method: 'post',
    path: '/channels/{id}/{action}',
    summary: 'Starts, stops, pauses or resumes it',
    security,
    request: { params: params.extend({ action: z.enum(['start', 'stop', 'pause', 'resume']) }) },
    responses: { 200: json(Item, 'As it is wanted now'), ...failures },
  }),
} as const;

/** What a change leaves out stays as it was, and is not what a new channel would get. */
function undefaulted() {
  return Object.fromEntries(
    Object.entries(ChannelSettings.shape).flatMap(([name, schema]) =>
      schema instanceof z.ZodDefault ? [[name, schema.unwrap()]] : [],
    ),
  );
}
