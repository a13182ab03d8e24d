import { commonSettings, Port, Text } from '../runtime/config.ts';

export const originSettings = {
  port: {
    env: 'HEADWATER_ORIGIN_PORT',
    schema: Port,
    fallback: '8090',
    help: 'TCP port for edges, health and metrics',
  },
  host: { env: 'HEADWATER_ORIGIN_HOST', schema: Text, fallback: '::', help: 'address to listen on' },
  storageUrl: {
    env: 'HEADWATER_STORAGE_URL',
    schema: Text,
    fallback: 'file:data/media',
    help: 'where segments are kept, file:<folder>',
  },
  programme: {
    env: 'HEADWATER_ORIGIN_PROGRAMME',
    schema: Text.nullable(),
    fallback: null,
    help: 'JSON file of the films and channels to present',
  },
  ...commonSettings,
} as const;
