import { Demuxer } from '../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../media/isobmff/movie.ts';
import { PAYLOAD_MAX_BYTES, type Packetizer, packetizerOf } from '../media/rtp/packetizer.ts';
import { Sender } from '../media/rtp/sender.ts';
import { presentationTime, type Sample } from '../media/sample.ts';
import type { Media } from '../media/sdp/media.ts';
import { print } from '../media/sdp/session.ts';
import { FRAGMENTED, ffmpeg, testSignal } from './clip.ts';

/** A track of a clip, and what is sent of it. */
export type RtpStream = {
  /** The clip, as fragmented MP4. */
  readonly file: Uint8Array;
  readonly packetizer: Packetizer;
  /** A report before the packets, and after each second of them. */
  readonly sent: readonly Sent[];
  readonly bye: Uint8Array;
};

export type Sent = { readonly kind: 'packet' | 'report'; readonly bytes: Uint8Array };

const NAME = 'headwater@test';

/** The only track of a clip of some seconds, in one encoding. Its numbers and times wrap. */
export async function streamOf(encoding: readonly string[], seconds = 1): Promise<RtpStream> {
  const output = FRAGMENTED.map((arg) => arg.replace('empty_moov', 'delay_moov'));
  const file = await ffmpeg(...testSignal(seconds, '320x240'), ...encoding, ...output);
  const { track, samples } = readTrack(file);
  const packetizer = packetizerOf(track, { payloadType: 96, maxBytes: PAYLOAD_MAX_BYTES });
  if (packetizer === null) throw new Error('no payload format');
  const sender = new Sender({ packetizer, ssrc: 0xcafe, sequence: 65_530, timestamp: 2 ** 32 - 1_000 });
  const timeOf = (sample: Sample) => presentationTime(sample) / track.timescale;
  const report = (at: number): Sent => ({ kind: 'report', bytes: sender.report(Date.now(), at, NAME) });
  const sent = samples.flatMap((sample, index): Sent[] => {
    const packets = sender
      .packets(sample, timeOf(sample))
      .map((bytes) => ({ kind: 'packet', bytes }) as const);
    return index === 0 || sample.sync !== samples[index - 1]?.sync
      ? [report(timeOf(sample)), ...packets]
      : packets;
  });
  return { file, packetizer, sent, bye: sender.bye(Date.now(), seconds, NAME) };
}

function readTrack(file: Uint8Array): { readonly track: MovieTrack; readonly samples: readonly Sample[] } {
  const events = new Demuxer().push(file);
  const [track] = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  if (track === undefined) throw new Error('ffmpeg made no track');
  const runs = events.flatMap((event) => (event.kind === 'samples' ? event.runs : []));
  return { track, samples: runs.flatMap((run) => run.samples) };
}

/** The description of a stream that comes to a port of this machine. */
export function describedAt(port: number, { kind, format }: Packetizer): string {
  const media: Media = {
    ...{ kind, port, protocol: 'RTP/AVP', formats: [format], direction: 'recvonly' },
    ...{ connection: null, kilobitsPerSecond: null, control: null },
  };
  return print({
    ...{ origin: '- 0 0 IN IP4 127.0.0.1', name: 'a test', connection: 'IN IP4 127.0.0.1', control: null },
    ...{ range: null, tool: 'headwater', kilobitsPerSecond: null, media: [media] },
  });
}
