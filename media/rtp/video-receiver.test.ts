import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { recorded } from '../../tests/recorded.ts';
import { writeVisual } from '../codecs/entry-writer.ts';
import { describe as describeEntry } from '../codecs/sample-entry.ts';
import type { Packet } from './packet.ts';
import type { PictureCodec } from './picture.ts';
import { type ReceivedPicture, VideoReceiver } from './video-receiver.ts';

const CODECS = [
  ['H264', 'h264', 'avc1.42c00c'],
  ['VP9', 'vp9', 'vp09.00.10.08'],
  ['AV1', 'av1', 'av01.0.00M.08'],
] as const;

/** Long enough for the mutation runs of a night; short in the suite. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 300);

function receive(codec: PictureCodec, packets: readonly Packet[], everyMs = 5): ReceivedPicture[] {
  const receiver = new VideoReceiver(codec);
  return packets.flatMap((packet, index) => receiver.push(packet, index * everyMs));
}

const pictures = (received: readonly ReceivedPicture[]) =>
  received.flatMap((each) => (each.kind === 'picture' ? [each] : []));

describe.each(CODECS)('what Chromium sends in %s', (codec, file, codecString) => {
  const packets = recorded(file);
  const whole = pictures(receive(codec, packets));

  test('is read, with its codec string and size', () => {
    const [first] = whole;
    expect(first?.picture.kind).toBe('key');
    if (first?.picture.kind !== 'key') return;
    expect(describeEntry(writeVisual(first.picture.entry))).toEqual({
      kind: 'video',
      codec: codecString,
      width: 160,
      height: 120,
    });
  });

  test('has a key frame when one was asked for, and its times go on', () => {
    expect(whole.length).toBe(new Set(packets.map(({ timestamp }) => timestamp)).size);
    expect(whole.filter(({ picture }) => picture.kind === 'key').length).toBeGreaterThanOrEqual(2);
    const steps = whole.slice(1).map(({ time }, index) => time - (whole[index]?.time ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(90_000);
  });

  test('is the same out of order', () => {
    const swapped = packets.map((packet, index) => packets[index ^ 1] ?? packet);
    // The first of all has to stay where it is: what comes before it is not known.
    const shuffled = [...packets.slice(0, 2), ...swapped.slice(2)];
    expect(pictures(receive(codec, shuffled)).map(({ picture }) => picture)).toEqual(
      whole.map(({ picture }) => picture),
    );
  });

  test('stops after a loss, and goes on with the next key frame', () => {
    const missing = packets.findIndex(({ marker }) => marker) + 2;
    const lossy = packets.filter((_, index) => index !== missing);
    const received = receive(codec, lossy, 100);
    const broken = received.findIndex(({ kind }) => kind === 'broken');
    expect(broken).toBeGreaterThan(0);
    const [next] = pictures(received.slice(broken));
    expect(next?.picture.kind).toBe('key');
  });

  test('and any bytes in its place do no harm', () => {
    const mutation = fc.record({ packet: fc.nat(packets.length - 1), at: fc.nat(80), byte: fc.nat(255) });
    const cut = fc.record({ packet: fc.nat(packets.length - 1), length: fc.nat(40) });
    fc.assert(
      fc.property(
        fc.array(mutation, { maxLength: 8 }),
        fc.array(cut, { maxLength: 2 }),
        (mutations, cuts) => {
          const changed = packets.map((packet) => ({ ...packet, payload: packet.payload.slice() }));
          for (const { packet, at, byte } of mutations) {
            const { payload = new Uint8Array() } = changed[packet] ?? {};
            if (at < payload.byteLength) payload[at] = byte;
          }
          for (const { packet, length } of cuts) {
            const target = changed[packet];
            if (target !== undefined) target.payload = target.payload.subarray(0, length);
          }
          const received = receive(codec, changed);
          expect(received.length).toBeLessThanOrEqual(packets.length);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('and random bytes are no pictures', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (payloads) => {
        const random = payloads.map((payload, sequence) => ({
          sequence,
          timestamp: sequence,
          marker: true,
          payload,
        }));
        expect(receive(codec, random).length).toBeLessThanOrEqual(payloads.length);
      }),
      { numRuns: RUNS },
    );
  });
});
