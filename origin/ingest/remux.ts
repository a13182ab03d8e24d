import { type Child, start } from '../../runtime/process.ts';
import { demux, type Feed } from '../packaging/feed.ts';
import { reasonFrom } from '../transcode/reason.ts';
import { type Contents, NotCarried, Unusable } from './contents.ts';
import { withoutEdits } from './edits.ts';

export type RemuxOptions = {
  /** How ffmpeg reads the source: its input options, then `-i` and the URL. */
  readonly inputArgs: readonly string[];
  /** What it reads, when the URL is `pipe:0`. One that throws ends the feed with that error. */
  readonly input?: AsyncIterable<Uint8Array>;
  readonly contents: Contents;
};

export type Remuxed = {
  /** Ends when the source does or after `stop`; throws Unusable with ffmpeg's reason when it fails. */
  readonly feed: Feed;
  readonly stop: () => Promise<void>;
};

const ERROR_LINES_KEPT = 20;

/** Of sound that has to be encoded anew. */
const ENCODED_SOUND = ['-c:a', 'aac', '-b:a', '160k', '-ac', '2'];

/**
 * Reads a source of another container with a supervised ffmpeg, which copies pictures and sound into fragmented MP4.
 * Timestamps that jump are ffmpeg's to smooth: where they are not allowed to, it makes them go on. Throws Unusable
 * where the source has nothing that can be carried, and Failure `program-missing`.
 */
export async function remux({ inputArgs, input, contents }: RemuxOptions): Promise<Remuxed> {
  const args = [...COMMON, ...inputArgs, ...outputArgs(contents)];
  const errors: string[] = [];
  const onErrorLine = (line: string) => {
    errors.push(line);
    if (errors.length > ERROR_LINES_KEPT) errors.shift();
  };
  const watched = input && new Watched(input);
  const child = await start({ command: 'ffmpeg', args, onErrorLine, ...(watched && { input: watched }) });
  let isStopped = false;
  const stop = async () => {
    isStopped = true;
    await child.stop();
  };
  const check = async () => {
    const reason = await failureOf(child, errors);
    if (watched?.error) throw watched.error;
    if (reason !== null && !isStopped) throw new Unusable(reason);
  };
  return { feed: withoutEdits(supervised(child, check)), stop };
}

const COMMON = ['-hide_banner', '-nostdin', '-loglevel', 'error'];

/** A fragment for each sample; the `moov` waits for the first of each track, which says what AAC without it can't. */
const FRAGMENTS = [
  '-movflags',
  '+delay_moov+default_base_moof',
  '-frag_duration',
  '1',
  '-flush_packets',
  '1',
];

/** Throws Unusable. */
function outputArgs({ video, audio }: Contents): readonly string[] {
  if (video === 'other') throw new NotCarried('its pictures have a coding that can not be passed through');
  if (video === null && audio === null) throw new Unusable('it holds neither pictures nor sound');
  return [
    ...(video === null ? [] : ['-map', '0:v:0', '-c:v', 'copy']),
    ...(video === 'hevc' ? ['-tag:v', 'hvc1'] : []),
    ...(audio === null ? [] : ['-map', '0:a:0', ...soundArgs(audio)]),
    ...['-f', 'mp4', ...FRAGMENTS, 'pipe:1'],
  ];
}

function soundArgs(audio: NonNullable<Contents['audio']>): readonly string[] {
  switch (audio) {
    case 'aac':
      return ['-c:a', 'copy', '-bsf:a', 'aac_adtstoasc'];
    case 'packaged':
      return ['-c:a', 'copy'];
    case 'other':
      return ENCODED_SOUND;
  }
}

/** The child's output as a feed. A reader that leaves ends the child. */
async function* supervised(child: Child, check: () => Promise<void>): Feed {
  try {
    yield* demux(child.output);
    await check();
  } finally {
    await child.stop();
  }
}

async function failureOf(child: Child, errors: readonly string[]): Promise<string | null> {
  const exit = await child.exited;
  if (exit.kind === 'status' && exit.status === 0) return null;
  const how = exit.kind === 'signal' ? `ended by ${exit.signal}` : `ended with status ${exit.status}`;
  return reasonFrom(errors, `ffmpeg ${how}`);
}

/** Remembers how an input broke off: a child only sees that it ended. */
class Watched implements AsyncIterable<Uint8Array> {
  readonly #input: AsyncIterable<Uint8Array>;
  error: Error | null = null;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#input;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }
}
