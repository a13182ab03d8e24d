import { z } from 'zod';
import { WIRE_VERSION } from './version.ts';

const Port = z.int().min(1).max(65_535);

/** What an origin says of itself when it starts: where publishers reach it. */
export const OriginCard = z.object({
  version: z.literal(WIRE_VERSION),
  /** Host name or address by which publishers reach it, if its operator said so; else `addresses` are tried. */
  publicHost: z.string().nullable(),
  addresses: z.array(z.string()).max(32),
  /** Which machine it runs on. */
  machine: z.string(),
  /** Null for a door that is shut. */
  ports: z.object({ http: Port, rtmp: Port.nullable(), srt: Port.nullable(), rtsp: Port.nullable() }),
});
export type OriginCard = Readonly<z.infer<typeof OriginCard>>;

/** Its key in the bucket of origins: a cluster has one origin. */
export const ORIGIN_KEY = 'origin';
