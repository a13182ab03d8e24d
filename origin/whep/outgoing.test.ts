import { beforeEach, expect, test } from 'bun:test';
import { type RtcpPacket, RtcpSrPacket } from 'werift';
import { PacketStream } from '../../media/rtp/packet-stream.ts';
import { TrackId } from '../../wire/ids.ts';
import { History } from './history.ts';
import { OPUS } from './opus.ts';
import { Outgoing } from './outgoing.ts';

type Sent = { readonly payloadType: number; readonly sequence: number; readonly ssrc: number } & {
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: readonly number[];
};

const agreed = { name: 'H264', payloadType: 102, repairType: 103 };

let sent: Sent[];
let reports: RtcpPacket[];
let history: History;
beforeEach(() => {
  sent = [];
  reports = [];
  history = new History();
});

function open(repairType: number | null = agreed.repairType): Outgoing {
  const transport: ConstructorParameters<typeof Outgoing>[0]['transport'] = {
    async sendRtp(payload, { payloadType, sequenceNumber, ssrc, timestamp, marker }) {
      sent.push({ payloadType, sequence: sequenceNumber, ssrc, timestamp, marker, payload: [...payload] });
      return payload.length;
    },
    async sendRtcp(packets) {
      reports.push(...packets);
    },
  };
  return new Outgoing({ transport, agreed: { ...agreed, repairType }, ssrc: 5, repairSsrc: 6, history });
}

/** The shared stream: its numbers begin anew after two packets. */
const shared = () =>
  new PacketStream({ payload: { ...OPUS, marksEnd: true }, ssrc: 1, sequence: 65_534, timestamp: 1_000 });

function give(outgoing: Outgoing, stream: PacketStream, count: number, at = 0): void {
  const payloads = Array.from({ length: count }, (_, index) => Uint8Array.of(at, index));
  const packets = stream.write(payloads, at);
  const sample = { dts: 0, compositionOffset: 0, duration: 0, sync: true, data: new Uint8Array() };
  history.add({ track: TrackId.parse('v'), packets, sample, sync: true, atSeconds: at });
  outgoing.send(packets);
}

test('packets have the viewer’s payload type and numbers, and all else as it is', () => {
  const outgoing = open();
  give(outgoing, shared(), 4);
  const [first] = sent;
  if (first === undefined) throw new Error('nothing was sent');
  expect(first.sequence).toBeLessThan(2 ** 15);
  expect(sent).toEqual(
    [0, 1, 2, 3].map((index) => ({
      payloadType: 102,
      sequence: first.sequence + index,
      ssrc: 5,
      timestamp: 1_000,
      marker: index === 3,
      payload: [0, index],
    })),
  );
});

test('what was lost is sent again in a stream of its own, once it is asked for', () => {
  const outgoing = open();
  give(outgoing, shared(), 4);
  const first = sent[0]?.sequence ?? 0;
  sent = [];
  expect(outgoing.resend([first + 1, first + 3, first + 4, first - 1])).toBe(2);
  expect(sent.map(({ payloadType, ssrc, payload }) => [payloadType, ssrc, ...payload])).toEqual([
    [103, 6, (first + 1) >> 8, (first + 1) & 0xff, 0, 1],
    [103, 6, (first + 3) >> 8, (first + 3) & 0xff, 0, 3],
  ]);
  expect((sent[1]?.sequence ?? 0) - (sent[0]?.sequence ?? 0)).toBe(1);
  expect(sent.map(({ marker }) => marker)).toEqual([false, true]);
});

test('who does not take repairs gets none, and nobody gets a flood', () => {
  expect(open(null).resend([1, 2])).toBe(0);
  const outgoing = open();
  const stream = shared();
  give(outgoing, stream, 4);
  const first = sent[0]?.sequence ?? 0;
  const asked = Array.from({ length: 1_000 }, () => first);
  expect(outgoing.resend(asked)).toBe(256);
  expect(outgoing.resend(asked)).toBe(0);
  give(outgoing, stream, 8, 1);
  expect(outgoing.resend(asked)).toBe(2);
});

test('reports say what the shared stream’s do, of the viewer’s own', () => {
  const outgoing = open();
  const stream = shared();
  give(outgoing, stream, 4);
  outgoing.report(stream.report(1_700_000_000_000, 2, 'x'));
  const [report] = reports;
  expect(report).toBeInstanceOf(RtcpSrPacket);
  expect(report).toMatchObject({
    ssrc: 5,
    senderInfo: {
      rtpTimestamp: 1_000 + 2 * 48_000,
      ntpTimestamp: BigInt(1_700_000_000 + 2_208_988_800) << 32n,
      packetCount: 4,
      octetCount: 8,
    },
  });
});
