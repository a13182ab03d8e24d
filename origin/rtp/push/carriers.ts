import { MalformedPayload } from '../../../media/rtp/packet.ts';
import { TransportSender } from '../../../media/rtp/transport-sender.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { RtpOutput } from '../../../wire/rtp-output.ts';
import type { Receiver, StreamTrack } from '../live/receiver.ts';
import type { LiveStream } from '../live/stream.ts';
import { randomStart } from '../random-start.ts';
import type { PushedMedia } from './description.ts';
import { type PushLine, portOf } from './line.ts';

/** How tracks are carried to an address. */
export type Carrier = {
  readonly media: readonly PushedMedia[];
  /** Sends what a live stream gives. */
  readonly receive: (line: PushLine) => Pick<Receiver, 'take' | 'control'>;
};

/** Each track by itself. */
export function bareCarrier(tracks: readonly StreamTrack[], output: RtpOutput): Carrier {
  const indexes = new Map(tracks.map(({ id }, index) => [id, index]));
  return {
    media: tracks.map(({ kind, format }, index) => ({ kind, format, port: portOf(output, index) })),
    receive: (line) => ({
      take: ({ track, packets }) => line.send(indexes.get(track) ?? 0, packets),
      control: (track, packet) => line.sendControl(indexes.get(track) ?? 0, packet),
    }),
  };
}

/** All tracks as one stream of MPEG-TS; null where one of them has no form in it. */
export function transportCarrier(
  stream: LiveStream,
  ids: readonly TrackId[],
  output: RtpOutput,
  clock: Clock,
): Carrier | null {
  const sources = ids.map((id) => stream.source(id)).filter((source) => source !== null);
  const sender = TransportSender.of(sources, randomStart());
  if (sender === null || sources.length !== ids.length) return null;
  const cname = crypto.randomUUID();
  let at = 0;
  return {
    media: [{ kind: 'video', format: sender.payload.format, port: output.port }],
    receive: (line) => ({
      take: ({ track, sample, atSeconds }) => {
        at = atSeconds;
        try {
          line.send(0, sender.packets(ids.indexOf(track), sample, atSeconds));
        } catch (error) {
          if (!(error instanceof MalformedPayload)) throw error;
        }
      },
      // The reports of the tracks themselves tell when one is due.
      control: (track) => {
        if (track === ids[0]) line.sendControl(0, sender.report(clock.now(), at, cname));
      },
    }),
  };
}
