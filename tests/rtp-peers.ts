import { expect } from 'bun:test';
import type { Payload } from '../media/rtp/payload.ts';
import { run, start } from '../runtime/process.ts';
import { ffmpeg } from './clip.ts';
import { pcap } from './pcap.ts';
import { describedAt, type RtpStream } from './rtp-stream.ts';
import { freePair, sendTo } from './udp-peer.ts';

/** How what came is compared, as options of ffmpeg: by its pictures, or by its packets as they were encoded. */
export const BY = {
  pictures: ['-fps_mode', 'passthrough'],
  packets: ['-c', 'copy'],
  packetsOfAac: ['-c', 'copy', '-bsf:a', 'aac_adtstoasc'],
  picturesAndAac: [
    '-map',
    '0:v',
    '-map',
    '0:a',
    '-fps_mode',
    'passthrough',
    '-c:a',
    'copy',
    '-bsf:a',
    'aac_adtstoasc',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type By = keyof typeof BY;

const asSums = (by: By) => [...BY[by], '-f', 'framemd5', 'pipe:1'];

/** Of each stream in turn: the checksums of its pictures or packets. */
const readSums = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(',').map((field) => field.trim()))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([stream, , , , , sum]) => `${stream} ${sum}`);

/** The checksums of what ffmpeg reads from a file, with options for reading it. */
export async function sumsOfFile(path: string, by: By, options: readonly string[] = []) {
  return readSums(new TextDecoder().decode(await ffmpeg(...options, '-i', path, ...asSums(by))));
}

/** The checksums of what an ffmpeg makes of the stream that it is sent, until it is told that this has ended. */
export async function sumsOfFfmpeg(stream: RtpStream, by: By, path: string) {
  const port = await freePair();
  await Bun.write(path, describedAt(port, stream.payload));
  const quiet = ['-hide_banner', '-nostdin', '-v', 'error'];
  const args = [...quiet, '-protocol_whitelist', 'file,udp,rtp', '-i', path, ...asSums(by)];
  const child = await start({ command: 'ffmpeg', args });
  const output = textOf(child.output);
  await sendTo(port, stream, true);
  expect(await child.exited).toEqual({ kind: 'status', status: 0 });
  return readSums(await output);
}

async function textOf(output: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const bytes of output) text += new TextDecoder().decode(bytes);
  return text;
}

export const hasGstreamer = Bun.which('gst-launch-1.0') !== null;
export const hasTshark = Bun.which('tshark') !== null;

/** Lets a stream go through GStreamer's jitter buffer and depayloader to a file. */
export async function throughGstreamer(stream: RtpStream, elements: string, path: string): Promise<void> {
  const port = await freePair();
  const packets = stream.sent.filter(({ kind }) => kind === 'packet').length;
  const source = ['udpsrc', `port=${port}`, `num-buffers=${packets}`, `caps=${capsOf(stream.payload)}`];
  const after = `! rtpjitterbuffer ! ${elements} ! filesink`.split(' ');
  const errors: string[] = [];
  const child = await start({
    command: 'gst-launch-1.0',
    args: ['-q', ...source, ...after, `location=${path}`],
    onErrorLine: (line) => errors.push(line),
  });
  await sendTo(port, stream, false);
  expect([await child.exited, errors]).toEqual([{ kind: 'status', status: 0 }, []]);
}

/** What GStreamer calls a payload: the fields of its description, as text. */
function capsOf({ kind, format: { payloadType, encoding, parameters } }: Payload): string {
  const fields = [...parameters].map(([name, value]) => `${name}=(string)"${value}"`);
  const known = `media=${kind},clock-rate=${encoding?.clockRate},encoding-name=${encoding?.name.toUpperCase()}`;
  return ['application/x-rtp', known, `payload=${payloadType}`, ...fields].join(',');
}

/** What tshark finds in a stream: how many packets of RTP and RTCP, and those that are wrong. */
export async function dissect({ sent, bye }: RtpStream, path: string, dissector: string | null) {
  const [rtp, rtcp] = [5004, 5005];
  const packets = sent.map(({ kind, bytes }) => ({ port: kind === 'packet' ? rtp : rtcp, datagram: bytes }));
  await Bun.write(path, pcap([...packets, { port: rtcp, datagram: bye }]));
  const payload = dissector === null ? [] : [`rtp.pt==96,${dissector}`];
  const as = [`udp.port==${rtp},rtp`, `udp.port==${rtcp},rtcp`, ...payload].flatMap((one) => ['-d', one]);
  const fields = ['rtp.seq', 'rtcp.length_check', '_ws.malformed', '_ws.expert.severity'];
  const { output } = await run('tshark', [
    ...['-r', path, ...as, '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=f'],
    ...fields.flatMap((field) => ['-e', field]),
  ]);
  const rows = new TextDecoder()
    .decode(output)
    .split('\n')
    .slice(0, -1)
    .map((row) => row.split('|'));
  return {
    packets: rows.filter(([sequence]) => sequence !== '').length,
    control: rows.filter(([sequence]) => sequence === '').length,
    errors: rows.filter(
      ([sequence, length, malformed, severity]) =>
        (sequence === '' && length !== '1') || malformed !== '' || Number(severity) >= ERROR,
    ),
  };
}

/** How grave tshark finds what it has to say; a warning is less. */
const ERROR = 0x80_0000;
