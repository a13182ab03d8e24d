import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AV1RtpPayload } from 'werift';
import { readObu, writeObu } from '../media/codecs/av1-obu.ts';
import { readPacket } from '../media/rtp/packet-reader.ts';
import { AAC, H264 } from './clip.ts';
import {
  type By,
  dissect,
  hasGstreamer,
  hasTshark,
  sumsOfFfmpeg,
  sumsOfFile,
  throughGstreamer,
} from './rtp-peers.ts';
import { streamOf, transportStreamOf } from './rtp-stream.ts';

/** How a stream that went through GStreamer is read again: what the depayloader is followed by, and what that makes. */
type Through = { readonly elements: string; readonly read: readonly string[] };

type Case = {
  readonly encoding: readonly string[];
  readonly by: By;
  /** How tshark names its payload; null where it has no such dissector. */
  readonly dissector: string | null;
  readonly gstreamer: Through;
};

const I420 = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '320x240', '-r', '25'];
const YUV = ['-g', '25', '-pix_fmt', 'yuv420p'];
const STEREO = ['-ac', '2'];

const CASES: Readonly<Record<string, Case>> = {
  'H.264': {
    encoding: ['-an', ...H264, '-x264-params', 'slices=3'],
    ...{ by: 'pictures', dissector: 'h264' },
    gstreamer: { elements: 'rtph264depay ! video/x-h264,stream-format=byte-stream', read: ['-f', 'h264'] },
  },
  HEVC: {
    encoding: [
      ...['-an', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', ...YUV],
      ...['-tag:v', 'hvc1'],
    ],
    ...{ by: 'pictures', dissector: 'h265' },
    gstreamer: { elements: 'rtph265depay ! video/x-h265,stream-format=byte-stream', read: ['-f', 'hevc'] },
  },
  'VP9 with hidden frames': {
    encoding: [
      '-an',
      '-c:v',
      'libvpx-vp9',
      '-cpu-used',
      '5',
      '-auto-alt-ref',
      '1',
      '-lag-in-frames',
      '16',
      ...YUV,
    ],
    ...{ by: 'pictures', dissector: null },
    gstreamer: { elements: 'rtpvp9depay ! vp9dec ! video/x-raw,format=I420', read: I420 },
  },
  AAC: {
    encoding: ['-vn', ...AAC],
    ...{ by: 'packetsOfAac', dissector: null },
    gstreamer: {
      elements: 'rtpmp4gdepay ! aacparse ! audio/mpeg,stream-format=adts',
      read: ['-f', 'aac'],
    },
  },
  'AAC in fragments': {
    encoding: ['-vn', '-c:a', 'aac', '-b:a', '1000k', '-ac', '6'],
    ...{ by: 'packetsOfAac', dissector: null },
    gstreamer: {
      elements: 'rtpmp4gdepay ! aacparse ! audio/mpeg,stream-format=adts',
      read: ['-f', 'aac'],
    },
  },
  MP3: {
    encoding: ['-vn', '-c:a', 'libmp3lame', '-b:a', '320k', ...STEREO],
    ...{ by: 'packets', dissector: null },
    gstreamer: { elements: 'rtpmpadepay', read: ['-f', 'mp3'] },
  },
  Opus: {
    encoding: ['-vn', '-c:a', 'libopus', '-b:a', '64k', ...STEREO],
    ...{ by: 'packets', dissector: 'opus' },
    gstreamer: { elements: 'rtpopusdepay ! opusparse ! oggmux', read: ['-f', 'ogg'] },
  },
};

/** Pictures and sound in one stream. */
const TRANSPORT: Case = {
  encoding: [...H264, ...AAC],
  ...{ by: 'picturesAndAac', dissector: null },
  gstreamer: { elements: 'rtpmp2tdepay', read: ['-f', 'mpegts'] },
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-rtp-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([
  ...Object.entries(CASES).map(([name, one]) => [name, one, streamOf] as const),
  ['MPEG-TS', TRANSPORT, transportStreamOf] as const,
])('%s', (name, { encoding, by, dissector, gstreamer }, make) => {
  const made = make(encoding);
  const pathOf = (ending: string) => join(folder, `${name.replaceAll(/\W/g, '-')}.${ending}`);
  const sentSums = made.then(async ({ file }) => {
    await Bun.write(pathOf('mp4'), file);
    return sumsOfFile(pathOf('mp4'), by, ['-ignore_editlist', '1']);
  });

  test('is to ffmpeg what it was, up to its end', async () => {
    const [stream, sent] = [await made, await sentSums];
    expect(sent.length).toBeGreaterThan(20);
    expect(await sumsOfFfmpeg(stream, by, pathOf('sdp'))).toEqual(sent);
  });

  test.skipIf(!hasGstreamer)('is to GStreamer what it was (skipped where there is none)', async () => {
    await throughGstreamer(await made, gstreamer.elements, pathOf('gst'));
    expect(await sumsOfFile(pathOf('gst'), by, gstreamer.read)).toEqual(await sentSums);
  });

  test.skipIf(!hasTshark)('is well formed to tshark (skipped where there is none)', async () => {
    const stream = await made;
    const { packets, control, errors } = await dissect(stream, pathOf('pcap'), dissector);
    const sent = stream.sent.filter(({ kind }) => kind === 'packet').length;
    expect([packets, control]).toEqual([sent, stream.sent.length - sent + 1]);
    expect(errors).toEqual([]);
  });
});

describe('what is wrong is found', () => {
  const made = streamOf(['-an', ...H264]);

  test('by ffmpeg: a packet that is missing', async () => {
    const stream = await made;
    const path = join(folder, 'lost.sdp');
    const lost = stream.sent.toSpliced(-12, 1);
    const [whole, broken] = [
      await sumsOfFfmpeg(stream, 'pictures', path),
      await sumsOfFfmpeg({ ...stream, sent: lost }, 'pictures', path),
    ];
    expect(broken).not.toEqual(whole);
  });

  test.skipIf(!hasTshark)(
    'by tshark: a report cut short, a packet without payload (skipped where there is none)',
    async () => {
      const stream = await made;
      const cut = stream.sent.map(({ kind, bytes }) => ({
        kind,
        bytes: bytes.subarray(0, kind === 'report' ? 20 : 13),
      }));
      const { errors } = await dissect({ ...stream, sent: cut }, join(folder, 'cut.pcap'), 'h264');
      expect(errors.length).toBeGreaterThan(stream.sent.filter(({ kind }) => kind === 'report').length);
    },
  );
});

/** The OBUs of a picture. `getFrame` of werift takes fragments that follow each other for those of one OBU. */
function obusOf(payloads: readonly AV1RtpPayload[]): readonly Uint8Array[] {
  const obus: Buffer[] = [];
  for (const { zBit_RtpStartsWithFragment: continues, obu_or_fragment: elements } of payloads)
    for (const [index, { data }] of elements.entries())
      obus.push(index === 0 && continues ? Buffer.concat([obus.pop() ?? Buffer.of(), data]) : data);
  return obus;
}

/** None of ffmpeg 5, GStreamer 1.22 and tshark 4.0 reads AV1 from RTP. */
test('AV1 with hidden frames is to werift what it was', async () => {
  const { file, sent } = await streamOf(['-an', '-c:v', 'libsvtav1', '-preset', '12', ...YUV]);
  const packets = sent.flatMap(({ kind, bytes }) => (kind === 'packet' ? (readPacket(bytes) ?? []) : []));
  const pictures = [...Map.groupBy(packets, ({ timestamp }) => timestamp).values()].map((all) =>
    all.map(({ payload }) => AV1RtpPayload.deSerialize(Buffer.from(payload))),
  );
  expect(pictures.map((payloads) => payloads.findIndex(({ isKeyframe }) => isKeyframe)).slice(0, 2)).toEqual([
    0, -1,
  ]);
  const delimiter = Uint8Array.of(0x12, 0);
  const units = pictures.flatMap((payloads) => [
    delimiter,
    ...obusOf(payloads).map((obu) => writeObu(readObu(obu))),
  ]);
  const [path, whole] = [join(folder, 'av1.obu'), join(folder, 'av1.mp4')];
  await Bun.write(path, Buffer.concat(units));
  await Bun.write(whole, file);
  expect(pictures.length).toBe(25);
  expect(await sumsOfFile(path, 'pictures', ['-f', 'obu'])).toEqual(await sumsOfFile(whole, 'pictures'));
});
