import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { commonSettings, DoorPort, Port, Text, YesOrNo } from '../runtime/config.ts';
import { TokenKeysSetting } from '../wire/token-keys.ts';

/** `50000-50100`. */
const PortRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, 'a first and a last port, such as 50000-50100')
  .transform((text): readonly [number, number] => {
    const [first = 0, last = 0] = text.split('-').map(Number);
    return [first, last];
  })
  .refine(([first, last]) => first > 0 && first < last && last <= 65_535, 'ports from 1 to 65535, in order');

const SERVER_FORM = 'stun:<host>:<port> or turn:<user>:<password>@<host>:<port>';

/** A STUN server, or a TURN server with the name and password of its user. */
const IceServers = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
  .pipe(z.array(z.string().regex(/^(?:stun:|turn:[^@:\s]+:[^@\s]+@)[\w.:[\]-]+$/, SERVER_FORM)).max(8));

/** Of groups that nobody else has: at most as many as there are in a /24, for each live presentation has one. */
const GROUPS_FORM = 'a network of IPv4 groups with a mask of 24 to 32, such as 239.255.42.0/24';

const Groups = z
  .string()
  .regex(/^2(?:2[4-9]|3\d)(?:\.\d{1,3}){3}\/(?:2[4-9]|3[0-2])$/, GROUPS_FORM)
  .transform(groupsIn)
  .refine((groups) => groups.every(isIPv4), GROUPS_FORM);

/** The addresses of a network, without its first where there is more than one. */
function groupsIn(network: string): readonly string[] {
  const [address = '', bits = '32'] = network.split('/');
  const [a, b, c, d = 0] = address.split('.').map(Number);
  const size = 2 ** (32 - Number(bits));
  const first = d - (d % size);
  const all = Array.from({ length: size }, (_, index) => `${a}.${b}.${c}.${first + index}`);
  return size > 1 ? all.slice(1) : all;
}

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
  rtmpPort: {
    env: 'HEADWATER_RTMP_PORT',
    schema: DoorPort,
    fallback: '1935',
    help: 'TCP port for publishers by RTMP and, with a certificate, RTMPS; off shuts it',
  },
  srtPort: {
    env: 'HEADWATER_SRT_PORT',
    schema: DoorPort,
    fallback: '8890',
    help: 'UDP port for publishers by SRT; off shuts it',
  },
  rtspPort: {
    env: 'HEADWATER_RTSP_PORT',
    schema: DoorPort,
    fallback: '8554',
    help: 'TCP port for players and publishers by RTSP and, with a certificate, RTSPS; off shuts it',
  },
  rtpPort: {
    env: 'HEADWATER_RTP_PORT',
    schema: DoorPort,
    fallback: '8000',
    help: 'even UDP port from which players get RTP, and RTCP from the next; off leaves them TCP',
  },
  rtpMulticast: {
    env: 'HEADWATER_RTP_MULTICAST',
    schema: Groups.nullable(),
    fallback: null,
    help: 'IPv4 groups for players who ask for multicast, such as 239.255.42.0/24; by default none',
  },
  srtPassphrase: {
    env: 'HEADWATER_ORIGIN_SRT_PASSPHRASE',
    schema: z.string().min(10, 'at least 10 characters').max(79, 'at most 79 characters').nullable(),
    fallback: null,
    help: 'publishers by SRT must encrypt with it; by default they must not encrypt',
  },
  srtLatencyMs: {
    env: 'HEADWATER_ORIGIN_SRT_LATENCY_MS',
    schema: z.coerce.number().int().min(20).max(8_000),
    fallback: '120',
    help: 'how long a packet that was lost is waited for, in milliseconds',
  },
  tlsCert: {
    env: 'HEADWATER_ORIGIN_TLS_CERT',
    schema: Text.nullable(),
    fallback: null,
    help: 'PEM file of the certificate for RTMPS and RTSPS',
  },
  tlsKey: {
    env: 'HEADWATER_ORIGIN_TLS_KEY',
    schema: Text.nullable(),
    fallback: null,
    help: 'PEM file of its key',
  },
  publicHost: {
    env: 'HEADWATER_ORIGIN_PUBLIC_HOST',
    schema: Text.nullable(),
    fallback: null,
    help: 'host name or address that publishers are told; by default the one that fits',
  },
  whepPeers: {
    env: 'HEADWATER_ORIGIN_WHEP_PEERS',
    schema: z.coerce.number().int().min(0).max(10_000),
    fallback: '200',
    help: 'viewers over WebRTC at once, at most; 0 lets none in',
  },
  webrtcPorts: {
    env: 'HEADWATER_ORIGIN_WEBRTC_PORTS',
    schema: PortRange.nullable(),
    fallback: null,
    help: 'UDP ports for WebRTC, such as 50000-50100, three for each publisher and viewer; by default any',
  },
  iceServers: {
    env: 'HEADWATER_ORIGIN_ICE_SERVERS',
    schema: IceServers.nullable(),
    fallback: null,
    help: 'STUN and TURN servers for WebRTC: stun:<host>:<port>, turn:<user>:<password>@<host>:<port>',
  },
  pullLocal: {
    env: 'HEADWATER_ORIGIN_PULL_LOCAL',
    schema: YesOrNo,
    fallback: 'no',
    help: 'yes lets channels pull from this very machine and its links: yes or no',
  },
  chunks: {
    env: 'HEADWATER_ORIGIN_CHUNKS',
    schema: z.enum(['push', 'pull']),
    fallback: 'push',
    help: 'push: sent over NATS to the edges that watch; pull: each edge asks for them over HTTP',
  },
  tokenKeys: {
    env: 'HEADWATER_TOKEN_KEYS',
    schema: TokenKeysSetting,
    fallback: null,
    help: 'keys of playback tokens, separated by commas, as at the coordinator; without them nobody gets what is protected',
  },
  ...commonSettings,
} as const;
