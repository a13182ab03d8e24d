import { join } from 'node:path';
import { natsServer, natsUrlOf } from './nats.ts';
import type { Part } from './part.ts';
import { type ClusterSettings, root } from './settings.ts';

export type PlanInput = {
  readonly settings: ClusterSettings;
  readonly adminToken: string;
  /** As HEADWATER_TOKEN_KEYS says them. */
  readonly tokenKeys: string;
  /** Path of the file that tells the origin what to present. */
  readonly programme: string;
  /** The program that runs nodes. */
  readonly runtime: string;
};

/** The processes of a cluster, by stage: each stage leans on the ones before it. */
export type Plan = readonly (readonly Part[])[];

/**
 * NATS comes first, because every node gives up when it can't reach it. Then whoever makes what the next
 * serves: the origin announces, the coordinator knows the presentations, edges take viewers.
 */
export function planOf(input: PlanInput): Plan {
  const { settings } = input;
  const nats = settings.natsUrl === null ? [[natsServer(settings)]] : [];
  const edges = Array.from({ length: settings.edges }, (_, index) => edge(input, index));
  return [...nats, [origin(input)], [coordinator(input)], edges];
}

function origin(input: PlanInput): Part {
  const { originPort, rtmpPort, srtPort, rtspPort, rtpPort, data } = input.settings;
  return node(input, 'origin', 'origin', originPort, '--origin-port or HEADWATER_ORIGIN_PORT', {
    HEADWATER_ORIGIN_PORT: String(originPort),
    HEADWATER_RTMP_PORT: String(rtmpPort ?? 'off'),
    HEADWATER_SRT_PORT: String(srtPort ?? 'off'),
    HEADWATER_RTSP_PORT: String(rtspPort ?? 'off'),
    HEADWATER_RTP_PORT: String(rtpPort ?? 'off'),
    HEADWATER_ORIGIN_PROGRAMME: input.programme,
    HEADWATER_STORAGE_URL: process.env.HEADWATER_STORAGE_URL ?? `file:${join(data, 'media')}`,
  });
}

function coordinator(input: PlanInput): Part {
  const port = input.settings.coordinatorPort;
  return node(input, 'coordinator', 'coordinator', port, '--coordinator-port or HEADWATER_COORDINATOR_PORT', {
    HEADWATER_COORDINATOR_PORT: String(port),
    HEADWATER_ADMIN_TOKEN: input.adminToken,
  });
}

function edge(input: PlanInput, index: number): Part {
  const { edgePort, originPort } = input.settings;
  const name = `edge-${index + 1}`;
  const port = edgePort + index;
  return node(input, name, 'edge', port, '--edge-port or HEADWATER_EDGE_PORT', {
    HEADWATER_EDGE_ID: name,
    HEADWATER_EDGE_PORT: String(port),
    HEADWATER_EDGE_ORIGIN_URL: `http://127.0.0.1:${originPort}`,
  });
}

function node(
  { settings, runtime, tokenKeys }: PlanInput,
  name: string,
  folder: 'origin' | 'coordinator' | 'edge',
  port: number,
  portSetting: string,
  env: Readonly<Record<string, string>>,
): Part {
  return {
    name,
    command: runtime,
    args: [join(root, folder, 'main.ts')],
    env: {
      HEADWATER_NATS_URL: natsUrlOf(settings),
      HEADWATER_DATA: settings.data,
      HEADWATER_LOG_LEVEL: settings.logLevel,
      HEADWATER_TOKEN_KEYS: tokenKeys,
      ...env,
    },
    port,
    portSetting,
    probe: { kind: 'http', url: `http://127.0.0.1:${port}/readyz` },
  };
}
