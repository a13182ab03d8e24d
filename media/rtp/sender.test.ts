import { beforeAll, describe, expect, test } from 'bun:test';
import { fragmentedClip } from '../../tests/clip.ts';
import { Demuxer } from '../isobmff/demuxer.ts';
import type { MovieTrack } from '../isobmff/movie.ts';
import { presentationTime, type Sample } from '../sample.ts';
import { readPacket } from './packet-reader.ts';
import { PAYLOAD_MAX_BYTES, packetizerOf } from './packetizer.ts';
import { readControl } from './rtcp.ts';
import { Sender } from './sender.ts';

let track: MovieTrack;
let samples: readonly Sample[];

beforeAll(async () => {
  const events = new Demuxer().push(await fragmentedClip());
  const [first] = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  if (first === undefined) throw new Error('the clip has no tracks');
  track = first;
  samples = events.flatMap((event) =>
    event.kind === 'samples'
      ? event.runs.flatMap((run) => (run.trackId === first.id ? run.samples : []))
      : [],
  );
});

const open = (sequence = 7, timestamp = 0): Sender => {
  const packetizer = packetizerOf(track, { payloadType: 96, maxBytes: PAYLOAD_MAX_BYTES });
  if (packetizer === null) throw new Error('the clip is of a codec without payload format');
  return new Sender({ packetizer, ssrc: 0xfedc_ba98, sequence, timestamp });
};

const send = (sender: Sender) =>
  samples.map((sample) =>
    sender.packets(sample, presentationTime(sample) / track.timescale).map((bytes) => {
      const packet = readPacket(bytes);
      if (packet === null) throw new Error('a packet that is none');
      return packet;
    }),
  );

describe('a sender', () => {
  test('numbers its packets, and goes on at 0', () => {
    const sender = open(65_530);
    const packets = send(sender).flat();
    expect(packets.length).toBeGreaterThan(10);
    packets.forEach(({ sequence }, index) => {
      expect(sequence).toBe((65_530 + index) % 65_536);
    });
    expect(sender.sequence).toBe((65_530 + packets.length) % 65_536);
  });

  test('says when pictures are shown, modulo 2^32', () => {
    const base = 2 ** 32 - 10_000;
    const sender = open(0, base);
    for (const [index, picture] of send(sender).entries()) {
      const sample = samples[index];
      if (sample === undefined) throw new Error('more pictures than samples');
      const shown = (presentationTime(sample) / track.timescale) * 90_000;
      const times = new Set(picture.map(({ timestamp }) => timestamp));
      expect([...times]).toEqual([(base + Math.round(shown)) % 2 ** 32]);
    }
    expect(sender.timestampAt(-1)).toBe(base - 90_000);
  });

  test('marks the last packet of each picture', () => {
    for (const picture of send(open()))
      expect(picture.map(({ marker }) => marker)).toEqual(
        picture.map((_, index) => index === picture.length - 1),
      );
  });

  test('reports what it sent, and that it ends', () => {
    const sender = open();
    const packets = send(sender).flat();
    const octets = packets.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    const bye = sender.bye(1_500, 2, 'origin@example');
    const view = new DataView(bye.buffer);
    expect(Array.from({ length: 7 }, (_, word) => view.getUint32(word * 4))).toEqual([
      ...[0x80c80006, 0xfedc_ba98, 2_208_988_801, 2 ** 31, 180_000, packets.length, octets],
    ]);
    expect(new TextDecoder().decode(bye)).toContain('origin@example');
    expect(readControl(bye).map(({ kind }) => kind)).toEqual(['report', 'bye']);
    expect(sender.report(1_500, 2, 'origin@example')).toEqual(bye.subarray(0, -8));
  });
});
