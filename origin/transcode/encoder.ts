import { type Child, start } from '../../runtime/process.ts';
import { demux, type Feed } from '../packaging/feed.ts';
import { ffmpegArgs, type Job } from './command.ts';
import { printFeed } from './feed-printer.ts';
import { reasonFrom } from './reason.ts';

/** How a run of the encoder ended. */
export type Ending =
  | { readonly kind: 'complete' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'broken'; readonly reason: string };

export type Encoder = {
  /** What it makes. Read slowly, it encodes slowly. */
  readonly output: Feed;
  /** After the output has ended. */
  readonly ending: Promise<Ending>;
  readonly stop: () => Promise<void>;
};

const ERROR_LINES_KEPT = 20;

/** A film can wait, a live channel can't: on a busy machine films get what channels leave. */
const FILM_NICENESS = 10;

/** SVT-AV1 logs by itself, past ffmpeg: 1 leaves errors. */
const ENVIRONMENT = { SVT_LOG: '1' };

/** Starts ffmpeg on a job, given the feed that it is to read if its input is one. Throws Failure `program-missing`. */
export const startEncoder = (job: Job, feed?: Feed): Promise<Encoder> =>
  encodeWith(ffmpegArgs(job), feed, job.input.kind === 'film' ? FILM_NICENESS : 0);

/** Starts ffmpeg with arguments that make it write fragmented MP4. Throws Failure `program-missing`. */
export async function encodeWith(args: readonly string[], feed?: Feed, niceness = 0): Promise<Encoder> {
  const errors: string[] = [];
  let stopped = false;
  const onErrorLine = (line: string) => {
    errors.push(line);
    if (errors.length > ERROR_LINES_KEPT) errors.shift();
  };
  const child = await start({
    command: 'ffmpeg',
    args,
    onErrorLine,
    niceness,
    env: ENVIRONMENT,
    ...(feed === undefined ? {} : { input: printFeed(feed) }),
  });
  const stop = async () => {
    stopped = true;
    await child.stop();
  };
  return { output: demux(child.output), ending: endingOf(child, errors, () => stopped), stop };
}

async function endingOf(child: Child, errors: readonly string[], isStopped: () => boolean): Promise<Ending> {
  const exit = await child.exited;
  if (isStopped()) return { kind: 'stopped' };
  if (exit.kind === 'status' && exit.status === 0) return { kind: 'complete' };
  const how = exit.kind === 'signal' ? `ended by ${exit.signal}` : `ended with status ${exit.status}`;
  return { kind: 'broken', reason: reasonFrom(errors, `ffmpeg ${how}`) };
}
