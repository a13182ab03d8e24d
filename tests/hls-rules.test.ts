import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { becomes, type Cluster, eventually, ok, startCluster } from './cluster.ts';
import { makeFilm } from './film.ts';
import { checkVod } from './hls-rules/check-vod.ts';
import { print } from './hls-rules/print.ts';
import { type Outcome, watchLive } from './hls-rules/watch-live.ts';

const FILM_SECONDS = 11;
const WATCHED_SECONDS = 12;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ edges: 2, film: await makeFilm(FILM_SECONDS) });
  await Promise.all([becomes(cluster, 'bbb', 'ready'), becomes(cluster, 'demo-live', 'live')]);
  for (const edge of [0, 1]) await eventually(() => ok(at(edge, 'demo-live')[0]));
}, 300_000);

afterAll(async () => {
  await cluster.stop();
  await cluster.remove();
});

/** The address of a presentation at an edge, and the edge beside it. */
function at(edge: number, id: string): readonly [url: string, peer: string] {
  const [url = '', peer = ''] = [cluster.edgeUrls[edge], cluster.edgeUrls[1 - edge]];
  return [`${url}/v/${id}/index.m3u8`, peer];
}

/** The rules that are broken; all that was found is in the message. */
function expectClean(outcome: Outcome): void {
  const broken = outcome.violations.filter(({ level }) => level === 'must');
  expect(
    broken.map(({ rule }) => rule),
    print(outcome),
  ).toEqual([]);
  expect(outcome.judged).toBeGreaterThan(20);
}

describe.each([0, 1])('at edge %i', (edge) => {
  test('a film keeps every rule', async () => {
    const [url, peer] = at(edge, 'bbb');
    expectClean(await checkVod(url, peer));
  });

  test(`a channel keeps every rule for ${WATCHED_SECONDS} s`, async () => {
    const [url, peer] = at(edge, 'demo-live');
    expectClean(await watchLive(url, WATCHED_SECONDS, peer));
  });
});

test('a channel is followed behind the redirect of the coordinator', async () => {
  expectClean(await watchLive(`${cluster.url}/play/demo-live.m3u8`, 2));
});
