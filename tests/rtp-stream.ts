import { Demuxer } from '../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../media/isobmff/movie.ts';
import type { PacketStream } from '../media/rtp/packet-stream.ts';
import { PAYLOAD_MAX_BYTES, packetizerOf } from '../media/rtp/packetizer.ts';
import type { Payload } from '../media/rtp/payload.ts';
import { Sender } from '../media/rtp/sender.ts';
import { TransportSender } from '../media/rtp/transport-sender.ts';
import { presentationTime, type Sample } from '../media/sample.ts';
import type { Media } from '../media/sdp/media.ts';
import { print } from '../media/sdp/session.ts';
import { FRAGMENTED, ffmpeg, testSignal } from './clip.ts';

/** A clip, and what is sent of it. */
export type RtpStream = {
  /** The clip, as fragmented MP4. */
  readonly file: Uint8Array;
  readonly payload: Payload;
  /** Packets, with a report before the first and before later key frames. */
  readonly sent: readonly Sent[];
  readonly bye: Uint8Array;
};

export type Sent = { readonly kind: 'packet' | 'report'; readonly bytes: Uint8Array };

const NAME = 'headwater@test';

/** Its numbers and times start again soon. */
const START = { ssrc: 0xcafe, sequence: 65_530, timestamp: 2 ** 32 - 1_000 };

/** The first track of a clip of a second, in one encoding. */
export async function streamOf(encoding: readonly string[]): Promise<RtpStream> {
  const clip = await clipOf(encoding);
  const [track] = clip.tracks;
  const packetizer = track ? packetizerOf(track, { payloadType: 96, maxBytes: PAYLOAD_MAX_BYTES }) : null;
  if (packetizer === null) throw new Error('no payload format');
  const sender = new Sender({ packetizer, ...START });
  return send(clip, sender, ({ sample, atSeconds }) => sender.packets(sample, atSeconds));
}

/** All tracks of a clip of a second, in MPEG-TS. */
export async function transportStreamOf(encoding: readonly string[]): Promise<RtpStream> {
  const clip = await clipOf(encoding);
  const sender = TransportSender.of(clip.tracks, START);
  if (sender === null) throw new Error('not for MPEG-TS');
  return send(clip, sender, ({ index, sample, atSeconds }) => sender.packets(index, sample, atSeconds));
}

/** A sample of the track at `index`, and when it is shown. */
type Timed = { readonly index: number; readonly sample: Sample; readonly atSeconds: number };
type Clip = {
  readonly file: Uint8Array;
  readonly tracks: readonly MovieTrack[];
  readonly samples: readonly Timed[];
};

async function clipOf(encoding: readonly string[]): Promise<Clip> {
  const output = FRAGMENTED.map((arg) => arg.replace('empty_moov', 'delay_moov'));
  const file = await ffmpeg(...testSignal(1, '320x240'), ...encoding, ...output);
  const events = new Demuxer().push(file);
  const tracks = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  const runs = events.flatMap((event) => (event.kind === 'samples' ? event.runs : []));
  const samples = runs.flatMap((run) => {
    const index = tracks.findIndex(({ id }) => id === run.trackId);
    const timescale = tracks[index]?.timescale ?? 1;
    return run.samples.map((sample) => ({ index, sample, atSeconds: presentationTime(sample) / timescale }));
  });
  return { file, tracks, samples };
}

function send(
  { file, samples }: Clip,
  sender: PacketStream,
  packetsOf: (timed: Timed) => readonly Uint8Array[],
): RtpStream {
  const sent = samples.flatMap((timed, index): Sent[] => {
    const packets = packetsOf(timed).map((bytes) => ({ kind: 'packet', bytes }) as const);
    const isNew = index === 0 || (timed.index === 0 && timed.sample.sync && !samples[index - 1]?.sample.sync);
    const report = () =>
      ({ kind: 'report', bytes: sender.report(Date.now(), timed.atSeconds, NAME) }) as const;
    return isNew ? [report(), ...packets] : packets;
  });
  return { file, payload: sender.payload, sent, bye: sender.bye(Date.now(), 1, NAME) };
}

/** The description of a stream that comes to a port of this machine. */
export function describedAt(port: number, { kind, format }: Payload): string {
  const media: Media = {
    ...{ kind, port, protocol: 'RTP/AVP', formats: [format], direction: 'recvonly' },
    ...{ connection: null, kilobitsPerSecond: null, control: null },
  };
  return print({
    ...{ origin: '- 0 0 IN IP4 127.0.0.1', name: 'a test', connection: 'IN IP4 127.0.0.1', control: null },
    ...{ range: null, tool: 'headwater', kilobitsPerSecond: null, media: [media] },
  });
}
