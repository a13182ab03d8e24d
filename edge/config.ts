import { z } from 'zod';
import { commonSettings, OptionalUrl, Port, Text } from '../runtime/config.ts';
import { NodeId } from '../wire/ids.ts';
import { TokenKeysSetting } from '../wire/token-keys.ts';

const MEBIBYTE = 1024 * 1024;

export const edgeSettings = {
  id: {
    env: 'HEADWATER_EDGE_ID',
    schema: NodeId.nullable(),
    fallback: null,
    help: 'name; by default edge-<port>',
  },
  port: { env: 'HEADWATER_EDGE_PORT', schema: Port, fallback: '8081', help: 'TCP port for viewers' },
  host: { env: 'HEADWATER_EDGE_HOST', schema: Text, fallback: '::', help: 'address to listen on' },
  publicUrl: {
    env: 'HEADWATER_EDGE_PUBLIC_URL',
    schema: OptionalUrl,
    fallback: null,
    help: 'where viewers reach this edge; by default its own address and port',
  },
  originUrl: {
    env: 'HEADWATER_EDGE_ORIGIN_URL',
    schema: z.url(),
    fallback: 'http://127.0.0.1:8090',
    help: 'the origin to pull from',
  },
  region: {
    env: 'HEADWATER_EDGE_REGION',
    schema: Text,
    fallback: 'local',
    help: 'where it stands, such as eu',
  },
  capacity: {
    env: 'HEADWATER_EDGE_CAPACITY',
    schema: z.coerce.number().int().positive(),
    fallback: '2000',
    help: 'viewers it takes',
  },
  cacheMaxBytes: {
    env: 'HEADWATER_EDGE_CACHE_MAX_BYTES',
    schema: z.coerce.number().int().min(MEBIBYTE),
    fallback: String(512 * MEBIBYTE),
    help: 'bytes of media held in memory',
  },
  tokenKeys: {
    env: 'HEADWATER_TOKEN_KEYS',
    schema: TokenKeysSetting,
    fallback: null,
    help: 'keys of playback tokens, separated by commas, as at the coordinator; without them nothing protected is served',
  },
  ...commonSettings,
} as const;
