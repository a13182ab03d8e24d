import { stat } from 'node:fs/promises';
import { Timeline } from '../../media/timeline.ts';
import { DEFAULT_OUTPUTS } from '../../wire/channel.ts';
import { epochAt } from '../../wire/ids.ts';
import type { Presentation } from '../../wire/presentation.ts';
import type { Vod } from '../../wire/programme.ts';
import { snapshotOf } from '../../wire/timeline.ts';
import type { Announcer } from '../packaging/announcer.ts';
import { Describer } from '../packaging/describer.ts';
import { packageEpoch } from '../packaging/epoch.ts';
import {
  announcePackaged,
  announcerFor,
  type Packaged,
  readPackaged,
  writePackaged,
} from '../packaging/packaged.ts';
import { trackOf } from '../packaging/tracks.ts';
import { SEGMENT_SECONDS, type Station } from '../station.ts';
import { startEncoder } from '../transcode/encoder.ts';
import { plan } from '../transcode/ladder.ts';
import { probe, type Source, Unreadable } from '../transcode/probe.ts';
import { POSTER_AT, stillFrom } from '../transcode/still.ts';

/** Bump when packaging changes so that films must be packaged anew. */
const PACKAGING_VERSION = 3;

export const posterKey = (id: string) => `${id}/poster.jpg`;

/** Presents a film: packages it, unless that was done in an earlier run. What fails is said in its state. */
export async function presentFilm(
  film: Vod,
  station: Station,
  onStop: (stop: () => Promise<void>) => void,
): Promise<void> {
  const { log, clock } = station;
  try {
    const fingerprint = await fingerprintOf(film);
    const packaged = await readPackaged(film.id, station);
    if (packaged?.fingerprint === fingerprint) await announcePackaged(asNow(packaged, film), station);
    else await packageFilm(film, fingerprint, station, onStop);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error(
      { presentation: film.id, file: film.file },
      `${film.id} can't be presented: ${film.file}: ${reason}`,
    );
    const describer = describerOf(film, station);
    describer.update({ state: { name: 'failed', at: clock.now(), reason } });
    await describer.settled();
  }
}

/** Who may watch it changes nothing of its media. */
const asNow = (packaged: Packaged, { protection }: Vod): Packaged => ({
  ...packaged,
  presentation: { ...packaged.presentation, protection },
});

/** Who may watch a film that was described before counts from now on, however long it waits for its turn. */
export function protect({ id, protection }: Vod, station: Station): void {
  const before = station.described.get(id);
  if (before !== null && before.protection !== protection) new Describer({ ...before, protection }, station);
}

async function fingerprintOf({ file, ladder, title, videoCodec, audioCodec }: Vod): Promise<string> {
  const { size, mtimeMs } = await stat(file).catch(() => {
    throw new Unreadable('there is no such file');
  });
  return JSON.stringify([
    PACKAGING_VERSION,
    title,
    ladder,
    videoCodec,
    audioCodec,
    SEGMENT_SECONDS,
    size,
    Math.floor(mtimeMs),
  ]);
}

const describerOf = ({ id, title, protection }: Vod, station: Station) =>
  new Describer(
    {
      id,
      title,
      kind: 'vod',
      state: { name: 'packaging', progress: 0 },
      targetDurationMs: SEGMENT_SECONDS * 1000,
      chunkDurationMs: null,
      windowMs: 0,
      durationMs: null,
      outputs: [...DEFAULT_OUTPUTS],
      protection,
      onDemand: false,
      poster: false,
      tracks: [],
    },
    station,
  );

async function packageFilm(
  film: Vod,
  fingerprint: string,
  station: Station,
  onStop: (stop: () => Promise<void>) => void,
): Promise<void> {
  const { storage, clock, log } = station;
  await storage.remove(film.id);
  const describer = describerOf(film, station);
  const source = await probe(film.file);
  const renditions = plan(source, film.ladder, film);
  const input = { kind: 'film', file: film.file } as const;
  const encoder = await startEncoder({ input, source, renditions, segmentSeconds: SEGMENT_SECONDS });
  onStop(encoder.stop);
  log.info({ presentation: film.id, renditions: renditions.map(({ id }) => id) }, `packaging ${film.file}`);
  let announcers: readonly Announcer[] = [];
  await packageEpoch(encoder.output, {
    presentation: film.id,
    epoch: epochAt(clock.now()),
    trackIds: renditions.map(({ id }) => id),
    segmentSeconds: SEGMENT_SECONDS,
    chunkSeconds: null,
    push: () => {},
    storage,
    now: clock.now,
    open: async (tracks) => {
      describer.update({ tracks: tracks.map((track) => trackOf(track, source)) });
      announcers = tracks.map(({ id, timescale }) =>
        announcerFor(film.id, id, new Timeline(timescale, 0), station),
      );
      return { announcers, discontinuity: 0, startSeconds: 0, onSegment: () => {}, onGone: () => {} };
    },
    onProgress: (at) => describer.update({ state: packagingState(at, source) }),
  });
  const ending = await encoder.ending;
  if (ending.kind === 'stopped') return;
  if (ending.kind === 'broken') throw new Unreadable(ending.reason);
  if (source.video !== null) {
    await storage.put(posterKey(film.id), await stillFrom(film.file, source.durationSeconds * POSTER_AT));
    describer.update({ poster: true });
  }
  await complete(film, fingerprint, { describer, announcers }, station);
}

const packagingState = (at: number, { durationSeconds }: Source) =>
  ({ name: 'packaging', progress: durationSeconds === 0 ? 0 : Math.min(1, at / durationSeconds) }) as const;

type Output = { readonly describer: Describer; readonly announcers: readonly Announcer[] };

async function complete(film: Vod, fingerprint: string, output: Output, station: Station): Promise<void> {
  const { describer, announcers } = output;
  const { clock, log } = station;
  for (const announcer of announcers) await announcer.end();
  const durationMs = Math.max(...announcers.map(({ timeline }) => durationOf(timeline)));
  if (!(durationMs > 0)) throw new Unreadable('it holds no pictures and no sound');
  const presentation: Presentation = {
    ...describer.presentation,
    state: { name: 'ready', at: clock.now() },
    durationMs,
  };
  const timelines = announcers.map(({ timeline }) => snapshotOf(timeline));
  await writePackaged({ fingerprint, presentation, timelines }, station);
  describer.update(presentation);
  await describer.settled();
  log.info({ presentation: film.id, durationMs }, `${film.id} is ready`);
}

function durationOf({ last, timescale }: Timeline): number {
  return last === null ? 0 : Math.round(((last.time + last.duration) / timescale) * 1000);
}
