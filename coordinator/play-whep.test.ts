import { expect, test } from 'bun:test';
import { hostname } from 'node:os';
import { describeAll, film } from '../tests/fleet.ts';
import { Catalog } from '../wire/catalog.ts';
import type { OriginCard } from '../wire/origin-card.ts';
import { WIRE_VERSION } from '../wire/version.ts';
import { whepRoutes } from './play-whep.ts';

const CARD: OriginCard = {
  version: WIRE_VERSION,
  publicHost: null,
  addresses: ['10.0.0.9'],
  machine: 'elsewhere',
  ports: { http: 8090, rtmp: null, srt: null, rtsp: null },
};

function coordinator(card: OriginCard | null = CARD) {
  const catalog = new Catalog();
  const live = { kind: 'live', state: { name: 'live', since: 0 } } as const;
  describeAll(catalog, [
    film('bbb', { outputs: ['hls', 'rtp'] }),
    film('studio', { ...live, outputs: ['hls', 'rtp'] }),
    film('web', { ...live, outputs: ['hls', 'dash'] }),
  ]);
  const counts = { redirects: 0, refusals: 0 };
  const app = whepRoutes({ catalog, origin: () => card, counts });
  const send = (path: string, method = 'POST') =>
    app.request(`http://video.example:8080${path}`, {
      method,
      ...(method === 'POST' ? { body: 'v=0' } : {}),
    });
  return { send, counts };
}

test.each([
  ['/play/studio.whep', CARD, 'http://10.0.0.9:8090/whep/studio'],
  ['/play/studio.whep?video=v240&token=a.b', CARD, 'http://10.0.0.9:8090/whep/studio?video=v240&token=a.b'],
  ['/play/studio.whep', { ...CARD, publicHost: 'live.example' }, 'http://live.example:8090/whep/studio'],
  ['/play/studio.whep', { ...CARD, machine: hostname() }, 'http://video.example:8090/whep/studio'],
] as const)('an offer to %s is sent on to the origin', async (path, card, location) => {
  const { send, counts } = coordinator(card);
  const answer = await send(path);
  expect([answer.status, answer.headers.get('Location')]).toEqual([307, location]);
  expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
  expect(counts).toEqual({ redirects: 1, refusals: 0 });
});

test.each([
  ['/play/nothing.whep', CARD, 404, /no presentation 'nothing'/],
  ['/play/bbb.whep', CARD, 404, /'bbb' is not live/],
  ['/play/web.whep', CARD, 404, /'web' has no RTP: it has hls, dash/],
  ['/play/studio.whep', null, 503, /no origin is running/],
] as const)('an offer to %s is refused, in one line', async (path, card, status, reason) => {
  const { send, counts } = coordinator(card);
  const answer = await send(path);
  expect(answer.status).toBe(status);
  expect(await answer.text()).toMatch(reason);
  expect(counts).toEqual({ redirects: 0, refusals: 1 });
});

test('pages of elsewhere may ask', async () => {
  const answer = await coordinator().send('/play/studio.whep', 'OPTIONS');
  expect(answer.status).toBe(204);
  expect(answer.headers.get('Accept-Post')).toBe('application/sdp');
  expect(answer.headers.get('Access-Control-Allow-Headers')).toContain('Content-Type');
});
