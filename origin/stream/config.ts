import { z } from 'zod';
import { commonSettings, Text, YesOrNo } from '../../runtime/config.ts';

export const streamSettings = {
  film: {
    env: 'HEADWATER_STREAM_FILM',
    schema: z.string('name a file to stream').min(1),
    fallback: null,
    help: 'the file that is streamed; it may stand without the flag: npm run stream -- film.mp4',
  },
  protocol: {
    env: 'HEADWATER_STREAM_PROTOCOL',
    schema: z.enum(['rtp', 'hls'], 'it is rtp or hls'),
    fallback: 'rtp',
    help: 'rtp: sent to an address; hls: served over HTTP',
  },
  to: {
    env: 'HEADWATER_STREAM_TO',
    schema: Text.nullable(),
    fallback: null,
    help: 'rtp: the address and port of a host or a group, by default 127.0.0.1:5004; hls: the port or URL to serve at, by default 8070',
  },
  container: {
    env: 'HEADWATER_STREAM_CONTAINER',
    schema: z.enum(['rtp', 'ts'], 'it is rtp or ts'),
    fallback: 'rtp',
    help: 'rtp: pictures and sound by themselves; ts: both as MPEG-TS over RTP, to one port',
  },
  loop: {
    env: 'HEADWATER_STREAM_LOOP',
    schema: YesOrNo,
    fallback: 'no',
    help: 'over and over, and with hls as a live stream; --loop alone is yes',
  },
  encode: {
    env: 'HEADWATER_STREAM_ENCODE',
    schema: YesOrNo,
    fallback: 'no',
    help: 'H.264 and AAC are made of it, whatever it has: without, only of what can not be sent as it is',
  },
  sdp: {
    env: 'HEADWATER_STREAM_SDP',
    schema: Text,
    fallback: 'stream.sdp',
    help: 'rtp: the file that the description is written to, which players open',
  },
  logLevel: { ...commonSettings.logLevel, fallback: 'warn' },
} as const;
