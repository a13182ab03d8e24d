import { stat } from 'node:fs/promises';
import { Failure } from '../../runtime/failure.ts';
import { contentsOf, type Unusable } from '../ingest/contents.ts';
import { remux } from '../ingest/remux.ts';
import type { Feed } from '../packaging/feed.ts';
import { SEGMENT_SECONDS } from '../station.ts';
import { startEncoder } from '../transcode/encoder.ts';
import { plan } from '../transcode/ladder.ts';
import { probe, type Source } from '../transcode/probe.ts';

export type Showing = {
  readonly file: string;
  /** In real time, not as fast as it can be read. */
  readonly isPaced: boolean;
  readonly isLooped: boolean;
  /** Made anew in H.264 and AAC, whatever it has. */
  readonly isEncoded: boolean;
};

export type Film = {
  readonly feed: Feed;
  readonly source: Source;
  /** Made anew: it has a key frame every `SEGMENT_SECONDS`. */
  readonly isEncoded: boolean;
  readonly stop: () => Promise<void>;
};

/** Opens a film: as it is where its codecs fit, else encoded. Throws Failure `bad-setting`, `program-missing` or `child-failed`. */
export async function openFilm(showing: Showing): Promise<Film> {
  const { file } = showing;
  const there = await stat(file).catch(() => null);
  if (there === null) throw unusable(`there is no file ${file}`);
  if (!there.isFile()) throw unusable(`${file} is not a file`);
  try {
    const source = await probe(file);
    const guard = ['-protocol_whitelist', 'file', '-i', file];
    const { video, ...contents } = await contentsOf(guard);
    const fits = !showing.isEncoded && video !== 'other';
    return fits ? await copied(showing, source, { video, ...contents }) : await encoded(showing, source);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unusable(`${file} can't be read: ${wordsOf(error)}`);
  }
}

async function copied(
  { file, isPaced, isLooped }: Showing,
  source: Source,
  contents: Parameters<typeof remux>[0]['contents'],
): Promise<Film> {
  const pace = isPaced ? ['-re'] : [];
  const loop = isLooped ? ['-stream_loop', '-1'] : [];
  const inputArgs = ['-protocol_whitelist', 'file,pipe', ...pace, ...loop, '-i', file];
  return { ...(await remux({ inputArgs, contents })), source, isEncoded: false };
}

/** One rendition: as large as the film. */
async function encoded({ file, isPaced, isLooped }: Showing, source: Source): Promise<Film> {
  const all = plan(source, '1080p');
  const renditions = (['video', 'audio'] as const).flatMap(
    (wanted) => all.find(({ kind }) => kind === wanted) ?? [],
  );
  const input = isPaced
    ? ({ kind: 'paced', file, loop: isLooped, clock: null } as const)
    : ({ kind: 'film', file } as const);
  const encoder = await startEncoder({ input, source, renditions, segmentSeconds: SEGMENT_SECONDS });
  const check = async () => {
    const end = await encoder.ending;
    if (end.kind === 'broken') throw unusable(`${file} can't be read: ${end.reason}`);
  };
  return { feed: supervised(encoder.output, check), source, isEncoded: true, stop: encoder.stop };
}

async function* supervised(feed: Feed, check: () => Promise<void>): Feed {
  yield* feed;
  await check();
}

const unusable = (problem: string) =>
  new Failure('bad-setting', problem, 'Name a file that ffmpeg can read: npm run stream -- film.mp4');

const wordsOf = (error: unknown | Unusable): string =>
  error instanceof Error ? error.message : String(error);
