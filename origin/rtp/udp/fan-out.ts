import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Demuxer } from '../../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import type { Sample } from '../../../media/sample.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { TrackId } from '../../../wire/ids.ts';
import { LiveStream } from '../live/stream.ts';
import { UdpFan } from './fan.ts';

/**
 * A program, the half of `npm run bench -- fanout` that is measured: plays the pictures of a fragmented MP4 to UDP ports
 * of this machine, with what an origin does that with. `<file> <ports with commas> <where to keep the packets>`; then
 * `full <seconds>` on standard input sends as fast as it can, `paced <seconds>` as fast as it is shown. Both answer
 * with a line: the datagrams that the system took, and those that were dropped.
 */
const [file = '', ports = '', kept = ''] = process.argv.slice(2);

/** Datagrams on their way before no more is made. */
const AHEAD_DATAGRAMS = 8_192;

const events = new Demuxer().push(await readFile(file));
const track = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []))[0];
if (track === undefined) throw new Error(`${file} has no tracks`);
const samples = samplesOf(track);

const id = TrackId.parse('v');
const stream = new LiveStream(systemClock);
const fan = await UdpFan.open({ hostname: '127.0.0.1', port: 0, portSetting: 'none' });
stream.open([{ id, movie: track }]);
await keepPackets();
for (const port of ports.split(',').map(Number)) {
  const at = { address: '127.0.0.1', port };
  fan.join(stream, [{ track: id, rtp: at, rtcp: at }], { onControl: () => {}, onEnd: () => {} });
}
const takeNext = player();

for await (const line of createInterface({ input: process.stdin })) {
  const [how, seconds] = line.split(' ');
  const before = fan.counts;
  await (how === 'paced' ? paced(Number(seconds)) : full(Number(seconds)));
  const { sent, dropped, refused } = fan.counts;
  process.stdout.write(`${sent - before.sent} ${dropped - before.dropped + refused - before.refused}\n`);
}
process.exit();

function samplesOf({ id }: MovieTrack): readonly Sample[] {
  return events.flatMap((event) =>
    event.kind === 'samples'
      ? event.runs.flatMap(({ trackId, samples }) => (trackId === id ? samples : []))
      : [],
  );
}

/** Gives the stream the next sample, over and over; gives when that is decoded, in seconds. */
function player(): () => number {
  const length = samples.reduce((sum, { duration }) => sum + duration, 0);
  let at = 0;
  return () => {
    const sample = samples[at % samples.length];
    if (sample === undefined) return 0;
    const dts = sample.dts + Math.floor(at / samples.length) * length;
    at += 1;
    stream.take(0, [{ ...sample, dts }]);
    return dts / (track?.timescale ?? 1);
  };
}

async function full(seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    takeNext();
    do await turn();
    while (fan.counts.waiting > AHEAD_DATAGRAMS);
  }
  await sent();
}

async function paced(seconds: number): Promise<void> {
  const start = performance.now();
  const first = takeNext();
  for (let at = first; at - first < seconds; at = takeNext()) {
    const wait = (at - first) * 1_000 - (performance.now() - start);
    await (wait > 0 ? new Promise((resolve) => setTimeout(resolve, wait)) : turn());
  }
  await sent();
}

/** A batch goes out after all its receivers are gathered. */
async function sent(): Promise<void> {
  do await turn();
  while (fan.counts.waiting > 0);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** All packets of one round, each behind its length in 16 bits. */
async function keepPackets(): Promise<void> {
  const packets: Uint8Array[] = [];
  const leave = stream.join([id], {
    take: (batch) => packets.push(...batch.packets),
    control: () => {},
    end: () => {},
  });
  stream.take(0, samples);
  leave();
  const framed = packets.flatMap((packet) => [
    Uint8Array.of(packet.byteLength >> 8, packet.byteLength & 0xff),
    packet,
  ]);
  await writeFile(kept, Buffer.concat(framed));
}
