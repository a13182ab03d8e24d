import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { remove } from '../runtime/files.ts';
import { type Cable, startCable } from './cable.ts';
import { eventually, ok } from './cluster.ts';
import { makeFilm } from './film.ts';
import { type EdgeNode, type Nodes, startEdge, startNodes } from './nodes.ts';

/** 10 s, in segments of 2 s: more than players are told of chunk by chunk. */
const CUT_SEGMENTS = 5;
const BACK_WITHIN_MS = 1_000;

/** All that an edge renders. */
const MANIFESTS = [
  'index.m3u8',
  'v240/index.m3u8',
  'v240/iframes.m3u8',
  'a128/index.m3u8',
  'manifest.mpd',
  'index.m3u8?container=ts',
  'v240/index.m3u8?container=ts',
];

let nodes: Nodes;
let film: string;
const opened: { stop: () => Promise<void> }[] = [];

beforeAll(async () => {
  film = await makeFilm(20);
  const source = { source: `file:${film}`, ladder: 'mobile' } as const;
  nodes = await startNodes({ presentations: [{ kind: 'live', id: 'cam', title: 'Camera', ...source }] });
  await eventually(() => ok(`${nodes.edgeUrl}/v/cam/v240/index.m3u8`));
}, 60_000);

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.stop();
});

afterAll(async () => {
  await nodes.stop();
  await remove(dirname(film));
});

async function anEdge(natsUrl = nodes.natsUrl): Promise<EdgeNode> {
  const edge = await startEdge(natsUrl, nodes.originUrl);
  opened.push(edge);
  return edge;
}

async function aCable(): Promise<Cable> {
  const cable = await startCable(Number(new URL(nodes.natsUrl).port));
  opened.push({ stop: cable.close });
  return cable;
}

async function read(edgeUrl: string, path: string): Promise<string> {
  const response = await fetch(`${edgeUrl}/v/cam/${path}`);
  return response.ok ? response.text() : `${response.status} of ${edgeUrl}`;
}

/** Everything that each edge renders, at about the same moment. */
const readAll = (edgeUrls: readonly string[]) =>
  Promise.all(edgeUrls.map((url) => Promise.all(MANIFESTS.map((path) => read(url, path)))));

/** Whether two edges answer alike; asked in the moment of an announcement they may not. */
async function areAlike(one: string, other: string): Promise<boolean> {
  const [first, second] = await readAll([one, other]);
  return JSON.stringify(first) === JSON.stringify(second);
}

/** Milliseconds until an edge answers as its neighbour does. */
async function alikeAfter(edgeUrl: string): Promise<number> {
  const start = performance.now();
  await eventually(() => areAlike(edgeUrl, nodes.edgeUrl), 20_000);
  return performance.now() - start;
}

/** Number of the newest segment that an edge lists. */
const newest = async (edgeUrl: string) =>
  Number((await read(edgeUrl, 'v240/index.m3u8')).match(/\d+(?=\.m4s$)/gm)?.at(-1) ?? -1);

/** Waits until the channel has gone on by so many segments. */
async function goesOn(segments: number): Promise<void> {
  const from = await newest(nodes.edgeUrl);
  await eventually(async () => (await newest(nodes.edgeUrl)) >= from + segments);
}

test('an edge that starts late has the timeline of its neighbour with the first answer', async () => {
  await goesOn(3);
  const late = await anEdge();
  expect(await alikeAfter(late.url)).toBeLessThan(BACK_WITHIN_MS);
});

test.each(['cut', 'block'] as const)(
  'an edge whose way to NATS was %s for 10 s has the timeline of its neighbour a second after',
  async (harm) => {
    const cable = await aCable();
    const edge = await anEdge(`nats://127.0.0.1:${cable.port}`);
    expect(await alikeAfter(edge.url)).toBeLessThan(BACK_WITHIN_MS);
    const before = await newest(edge.url);
    cable[harm]();
    await goesOn(CUT_SEGMENTS);
    expect(await newest(edge.url)).toBeLessThanOrEqual(before + 1);
    const made = cable.made();
    cable.mend();
    expect(await alikeAfter(edge.url)).toBeLessThan(BACK_WITHIN_MS);
    expect(cable.made() > made).toBe(harm === 'cut');
    // And stays alike with what is announced from then on.
    await goesOn(2);
    expect(await alikeAfter(edge.url)).toBeLessThan(BACK_WITHIN_MS);
  },
  60_000,
);

/** What a URL answers with, in short. */
async function printed(edgeUrl: string, path: string, headers: Readonly<Record<string, string>>) {
  const response = await fetch(`${edgeUrl}/v/cam/${path}`, { headers, decompress: false });
  const hash = createHash('sha256')
    .update(await response.bytes())
    .digest('hex');
  const { status } = response;
  return [path, status, response.headers.get('ETag'), response.headers.get('Content-Encoding'), hash].join(
    ' ',
  );
}

test('every URL gives the same bytes on all edges, whether an edge had the chunks pushed or pulls them', async () => {
  const edges = [nodes.edgeUrl, (await anEdge()).url, (await anEdge()).url];
  await goesOn(2);
  const playlist = await read(nodes.edgeUrl, 'v240/index.m3u8');
  const media = [
    ...playlist.matchAll(/(?:^|URI=")([0-9a-z]+\/(?:init\.mp4|[\d.]+\.m4s))"?(?=\n|,)/gm),
  ].flatMap(([line, path]) => (line.includes('HINT') ? [] : [`v240/${path}`]));
  expect(media.filter((path) => /\d\.m4s$/.test(path)).length).toBeGreaterThan(8);
  expect(media.some((path) => path.endsWith('init.mp4'))).toBe(true);
  for (const coding of ['gzip', 'identity']) {
    const headers = { 'Accept-Encoding': coding };
    await eventually(async () => {
      const [first, ...others] = await Promise.all(
        edges.map((url) => Promise.all(MANIFESTS.map((path) => printed(url, path, headers)))),
      );
      return others.every((other) => JSON.stringify(other) === JSON.stringify(first));
    }, 10_000);
    for (const path of media) {
      const answers = await Promise.all(edges.map((url) => printed(url, path, headers)));
      expect(answers[0]).toContain(' 200 ');
      expect(new Set(answers).size).toBe(1);
    }
  }
});
