import { hostname } from 'node:os';
import { PresentationId } from '../../wire/ids.ts';
import { ingestOf } from '../api/ingest.ts';
import type { Channels } from '../channels.ts';
import type { WhipUrlOf } from './site.ts';

/** Where the origin takes WHIP. It says nothing of whether there is such a channel: the page is public. */
export const whipUrls =
  (channels: Channels): WhipUrlOf =>
  (channel, c) => {
    const id = PresentationId.safeParse(channel);
    const from = { hostname: new URL(c.req.url).hostname, machine: hostname() };
    return id.success ? (ingestOf(id.data, null, channels.origin, from).whip ?? null) : null;
  };
