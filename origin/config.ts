import { commonSettings, Port, Text, YesOrNo } from '../runtime/config.ts';

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
  publicHost: {
    env: 'HEADWATER_ORIGIN_PUBLIC_HOST',
    schema: Text.nullable(),
    fallback: null,
    help: 'host name or address that publishers are told; by default the one that fits',
  },
  pullLocal: {
    env: 'HEADWATER_ORIGIN_PULL_LOCAL',
    schema: YesOrNo,
    fallback: 'no',
    help: 'yes lets channels pull from this very machine and its links: yes or no',
  },
  ...commonSettings,
} as const;
