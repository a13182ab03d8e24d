import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemClock } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Context } from '../../runtime/node.ts';
import { TrackId } from '../../wire/ids.ts';
import * as RtpOutput from '../../wire/rtp-output.ts';
import { LiveStream } from '../rtp/live/stream.ts';
import { tap } from '../rtp/live/tap.ts';
import { Push } from '../rtp/push/push.ts';
import type { Film } from './film.ts';

const USUAL = '127.0.0.1:5004';

export type RtpOptions = {
  readonly film: string;
  readonly output: RtpOutput.RtpOutput;
  /** The file for the description. */
  readonly sdp: string;
};

/** Reads `--to` and `--container`. Throws Failure `bad-setting`. */
export function addressOf(to: string | null, container: 'rtp' | 'ts'): RtpOutput.RtpOutput {
  const said = to ?? USUAL;
  const url = said.startsWith('rtp://') ? said : `rtp://${said}`;
  const read = RtpOutput.parse(url);
  if (read.kind === 'output') return container === 'ts' ? { ...read.output, container } : read.output;
  throw new Failure(
    'bad-setting',
    `--to ${said}: ${read.reason}`,
    'Write an address and a port, such as 127.0.0.1:5004, 239.0.0.1:5004 or [ff15::1]:5004',
  );
}

/** Sends a film to an address in real time, to its end. Throws Failure. */
export async function streamRtp(
  { feed }: Film,
  { film, output, sdp: file }: RtpOptions,
  { lifecycle }: Pick<Context, 'lifecycle'>,
): Promise<void> {
  const stream = new LiveStream(systemClock);
  const described = Promise.withResolvers<string>();
  const push = new Push(output, stream, {
    ...{ title: basename(film), clock: systemClock },
    onDescribed: (sdp) => sdp !== null && described.resolve(sdp),
    onRefused: (problem) => described.reject(refused(problem)),
  });
  lifecycle.defer('RTP', () => push.close());
  // Until a feed has said what it holds, nobody knows how its tracks are called.
  const ids = [TrackId.parse('t1'), TrackId.parse('t2')];
  const hear = tap(stream, ids);
  for await (const event of feed) {
    hear(event);
    // Its first picture is for who is sent to as well.
    if (event.kind === 'movie') await tell(await described.promise, file, output);
  }
  stream.close('the film is over');
}

async function tell(sdp: string, file: string, output: RtpOutput.RtpOutput): Promise<void> {
  await writeFile(file, sdp).catch((error: Error) => {
    throw new Failure(
      'bad-setting',
      `cannot write ${file} (${error.message})`,
      'Name another file with --sdp',
    );
  });
  const { container, address, port } = output;
  const host = address.includes(':') ? `[${address}]` : address;
  const how = [
    `ffplay -protocol_whitelist file,udp,rtp ${file}`,
    // VLC opens a description where it was built with live555, and this by itself.
    container === 'ts' ? `vlc rtp://@${host}:${port}` : `vlc ${file}`,
    `gst-launch-1.0 filesrc location=${file} ! sdpdemux ! decodebin ! autovideosink`,
  ];
  process.stdout.write(
    `${sdp}\nThis is in ${file}. Play it with one of:\n${how.map((one) => `  ${one}\n`).join('')}`,
  );
}

const refused = (problem: string) =>
  new Failure('bad-setting', problem, 'Have it made anew with --encode, or choose another address with --to');
