import { Demuxer } from '../media/isobmff/demuxer.ts';
import { u16, u32 } from '../media/isobmff/writer.ts';
import { join } from '../media/join.ts';
import { presentationTime, type Sample } from '../media/sample.ts';
import { AAC, FRAGMENTED, ffmpeg, testSignal } from './clip.ts';

/** Three seconds of picture and tone, by the samples that ffmpeg's muxer made of them. */
export type Clip = { readonly video: readonly Sample[]; readonly audio: readonly Sample[] };

/** Three seconds of picture and tone of an encoder. Parameter sets are in the pictures. */
export async function encodedClip(...encoding: readonly string[]): Promise<Clip> {
  const bytes = await ffmpeg(...testSignal(3), ...encoding, ...AAC, ...FRAGMENTED);
  const samples = new Map<number, Sample[]>();
  for (const event of new Demuxer().push(bytes)) {
    if (event.kind === 'movie') continue;
    for (const run of event.runs)
      samples.set(run.trackId, [...(samples.get(run.trackId) ?? []), ...run.samples]);
  }
  return { video: samples.get(1) ?? [], audio: samples.get(2) ?? [] };
}

/** What is the same in all packets of a stream. */
export type Sender = {
  readonly payloadType: number;
  readonly ssrc: number;
  /** Of the first packet. */
  readonly sequence: number;
  /** Timestamp of the time 0. */
  readonly timestamp: number;
  /** Ticks of its clock in one of the samples'. */
  readonly scale: number;
};

export const VIDEO: Sender = {
  payloadType: 96,
  ssrc: 7,
  sequence: 65_500,
  timestamp: 4_294_900_000,
  scale: 1,
};
export const AUDIO: Sender = { payloadType: 97, ssrc: 8, sequence: 1, timestamp: 5, scale: 1 };

/** RTP packets of pictures of NAL units, one for each unit. */
export const nalPackets = (samples: readonly Sample[], sender: Sender): readonly Uint8Array[][] =>
  packets(samples, sender, ({ data }) => unitsOf(data));

/** RTP packets of AAC, a frame in each (RFC 3640, AAC-hbr). */
export const aacPackets = (samples: readonly Sample[], sender: Sender): readonly Uint8Array[][] =>
  packets(samples, sender, ({ data }) => [join([u16(16, data.byteLength << 3), data])]);

function packets(
  samples: readonly Sample[],
  { payloadType, ssrc, sequence, timestamp, scale }: Sender,
  payloadsOf: (sample: Sample) => readonly Uint8Array[],
): readonly Uint8Array[][] {
  let next = sequence;
  return samples.map((sample) => {
    const time = Math.round(timestamp + presentationTime(sample) * scale) % 2 ** 32;
    return payloadsOf(sample).map((payload, index, { length }) => {
      const marker = index === length - 1 ? 0x80 : 0;
      const head = [Uint8Array.of(0x80, marker | payloadType), u16(next % 2 ** 16), u32(time, ssrc)];
      next += 1;
      return join([...head, payload]);
    });
  });
}

function unitsOf(data: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const units: Uint8Array[] = [];
  for (let at = 0; at < data.byteLength; ) {
    const end = at + 4 + view.getUint32(at);
    units.push(data.subarray(at + 4, end));
    at = end;
  }
  return units;
}
