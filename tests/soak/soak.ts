import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../runtime/failure.ts';
import { remove, writeWhole } from '../../runtime/files.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { eventually, ok } from '../cluster.ts';
import { makeFilm } from '../film.ts';
import { startNodes } from '../nodes.ts';
import { chromiumPath } from '../player.ts';
import { readOn } from './continuity.ts';
import { holds, table } from './figures.ts';
import { watchLoad } from './load.ts';
import { loseSource } from './loss.ts';
import { watchDash, watchHls } from './players.ts';
import { checkRules } from './rules.ts';
import { BROKEN, type Result, type Run, STEADY } from './run.ts';
import type { PartName, SoakSettings } from './settings.ts';

const FILM_SECONDS = 20;

const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));

/**
 * Watches two channels for a long time, each in its own way: one is never lost, for players; the other loses its
 * source in the middle. Prints a table; gives whether all is as asked.
 */
export async function soak(settings: SoakSettings, lifecycle: Lifecycle): Promise<boolean> {
  const { minutes, chunkMs, what } = settings;
  const films = [await makeFilm(FILM_SECONDS, '640x360'), await makeFilm(FILM_SECONDS, '640x360')];
  lifecycle.defer('films', () => Promise.all(films.map((film) => remove(dirname(film)))));
  const run = await open(films, settings, lifecycle);
  say(`${minutes} min of ${what.join(', ')}, chunks of ${chunkMs} ms`);
  const loadFigures = await watchLoad(run.nodes.originPid);
  const jobs = jobsOf(what, run, films[1] ?? '');
  const names = Object.keys(jobs);
  const results = await Promise.all(Object.values(jobs).map((job) => job()));
  const figures = [...results.flatMap((result) => result.figures), ...(await loadFigures())];
  const details = Object.fromEntries(results.map((result, index) => [names[index], result.details]));
  const file = `soak-${new Date().toISOString().replace(/[:.]/g, '-')}.json`;
  await writeWhole(join(OUTPUT, file), `${JSON.stringify({ ...settings, figures, details })}\n`);
  say(`\n${table(figures)}\nKept in tests/output/${file}`);
  return figures.every(holds);
}

const say = (text: string) => process.stdout.write(`${text}\n`);

type Job = () => Promise<Result>;

function jobsOf(what: readonly PartName[], run: Run, film: string): Readonly<Record<string, Job>> {
  const needsChromium = what.includes('hls') || what.includes('dash');
  if (needsChromium && chromiumPath === null)
    throw new Failure('program-missing', 'chromium is not on the PATH', 'Start this with `npm run soak`');
  const all: Readonly<Record<PartName, Job>> = {
    hls: () => watchHls(run),
    dash: () => watchDash(run),
    rules: () => checkRules(run),
    ffmpeg: () => readOn(run),
  };
  const loses = what.includes('rules') || what.includes('ffmpeg');
  const chosen = what.map((part) => [part, all[part]] as const);
  return Object.fromEntries(loses ? [...chosen, ['loss', () => loseSource(run, film)]] : chosen);
}

/** Starts the cluster; resolves when both channels can be watched at all edges. */
async function open(films: readonly string[], settings: SoakSettings, lifecycle: Lifecycle): Promise<Run> {
  const { chunkMs, minutes } = settings;
  const presentations = [STEADY, BROKEN].map((id, index) => {
    const source = `file:${films[index]}`;
    return { kind: 'live', id, title: id, source, clock: true, ladder: 'mobile', chunkMs } as const;
  });
  const nodes = await startNodes({ presentations }, { edges: 2, coordinator: true });
  lifecycle.defer('nodes', nodes.stop);
  const urls = [STEADY, BROKEN].flatMap((id) => [
    `${nodes.coordinatorUrl}/play/${id}.m3u8`,
    ...nodes.edgeUrls.map((edge) => `${edge}/v/${id}/index.m3u8`),
  ]);
  await eventually(async () => (await Promise.all(urls.map(ok))).every(Boolean));
  return {
    nodes,
    coordinatorUrl: nodes.coordinatorUrl ?? '',
    seconds: minutes * 60,
    chunkMs,
    defer: (name, close) => lifecycle.defer(name, close),
  };
}
