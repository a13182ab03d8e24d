import { z } from 'zod';
import { commonSettings, Port, Text } from '../runtime/config.ts';
import { TokenKeysSetting } from '../wire/token-keys.ts';

export const coordinatorSettings = {
  port: {
    env: 'HEADWATER_COORDINATOR_PORT',
    schema: Port,
    fallback: '8080',
    help: 'TCP port for viewers, portal and API',
  },
  host: { env: 'HEADWATER_COORDINATOR_HOST', schema: Text, fallback: '::', help: 'address to listen on' },
  data: { env: 'HEADWATER_DATA', schema: Text, fallback: 'data', help: 'folder of the generated secrets' },
  adminToken: {
    env: 'HEADWATER_ADMIN_TOKEN',
    schema: z.string().min(16, 'at least 16 characters').nullable(),
    fallback: null,
    help: 'opens the portal and the API; by default the one generated at the first start',
  },
  tokenKeys: {
    env: 'HEADWATER_TOKEN_KEYS',
    schema: TokenKeysSetting,
    fallback: null,
    help: 'keys of playback tokens, separated by commas: the first signs, all open; by default those generated at the first start, with the admin token',
  },
  ...commonSettings,
} as const;
