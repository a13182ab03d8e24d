import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Demuxer } from '../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import { AAC, FRAGMENTED, ffmpeg, H264, testSignal } from '../../tests/clip.ts';
import { offer } from '../../tests/offer.ts';
import { openStudio, type Studio } from '../../tests/whep.ts';
import { TrackId } from '../../wire/ids.ts';
import type { Ends, GateAnswer } from '../rtp/gate/gate.ts';

let movies: readonly MovieTrack[] = [];
let studio: Studio;
let gate: GateAnswer = { kind: 'open' };

const PEERS_MAX = 3;

beforeAll(async () => {
  const clip = await ffmpeg(...testSignal(1, '64x48'), ...H264, ...AAC, ...FRAGMENTED);
  movies = new Demuxer().push(clip).flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  studio = await openStudio(null, { gate: async () => gate, peersMax: PEERS_MAX });
  studio.stream.open(named(), Date.now());
});
afterAll(() => studio.close());
beforeEach(() => {
  gate = { kind: 'open' };
});

const named = () => movies.map((movie, index) => ({ id: TrackId.parse(index === 0 ? 'v48' : 'a1'), movie }));

type Sent = { readonly path?: string; readonly method?: string; readonly body?: string } & {
  readonly headers?: Readonly<Record<string, string>>;
};

const GOOD = offer({ video: ['VP8', 'H264 packetization-mode=1', 'rtx apt=101'], direction: 'recvonly' });

const send = ({ path = '/whep/studio', method = 'POST', body = GOOD, headers = {} }: Sent) =>
  fetch(new URL(path, studio.url), {
    method,
    headers: { 'Content-Type': 'application/sdp', ...headers },
    ...(method === 'POST' || method === 'PATCH' ? { body } : {}),
  });

const recvonly = (video: readonly string[]) => offer({ video, direction: 'recvonly' });

describe('an offer', () => {
  test.each<[string, Sent, number, RegExp]>([
    ['for no channel', { path: '/whep/nothing' }, 404, /no channel 'nothing'/],
    ['for what is no name', { path: '/whep/No%20Name' }, 404, /no such presentation/],
    ['for a track that there is not', { path: '/whep/studio?video=v999' }, 404, /no video track 'v999'.*v48/],
    ['of another type', { headers: { 'Content-Type': 'application/json' } }, 415, /application\/sdp/],
    ['that is none', { body: 'hello' }, 400, /not an SDP offer/],
    ['of VP8', { body: recvonly(['VP8']) }, 422, /H.264.*VP8/],
    ['that sends', { body: offer() }, 422, /recvonly/],
    ['that is too long', { body: 'v'.repeat(70_000) }, 413, /64 KiB/],
    ['by PUT', { method: 'PUT' }, 405, /POST/],
  ])('%s is refused, in one line', async (_, sent, status, reason) => {
    const answer = await send(sent);
    expect(answer.status).toBe(status);
    const text = await answer.text();
    expect(text).toMatch(reason);
    expect(text.trim().split('\n').length).toBe(1);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
  });

  test('may be sent by pages of elsewhere', async () => {
    const answer = await send({ method: 'OPTIONS' });
    expect(answer.ok).toBe(true);
    expect(answer.headers.get('Accept-Post')).toBe('application/sdp');
    expect(answer.headers.get('Access-Control-Allow-Methods')).toContain('POST');
  });

  test('has a place that is got as nothing', async () => {
    const answer = await send({ method: 'GET' });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  });

  test('of who has no token is challenged', async () => {
    gate = { kind: 'challenge', wwwAuthenticate: ['Bearer', 'Basic realm="x"'] };
    const answer = await send({});
    expect(answer.status).toBe(401);
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer, Basic realm="x"');
  });

  test('of who may not watch is refused', async () => {
    gate = { kind: 'refused', reason: 'the token is for another presentation' };
    const answer = await send({});
    expect([answer.status, await answer.text()]).toEqual([403, 'the token is for another presentation\n']);
  });

  test('for which no port is free may come again', async () => {
    const network = { publicAddresses: [], udpPorts: [50_200, 50_201] as const, iceServers: [] };
    const other = await openStudio(null, { network });
    other.stream.open(named(), Date.now());
    const headers = { 'Content-Type': 'application/sdp' };
    const post = () => fetch(`${other.url}/whep/studio`, { method: 'POST', headers, body: GOOD });
    const answers = [await post(), await post(), await post()];
    const last = answers.at(-1);
    expect([last?.status, last?.headers.get('Retry-After')]).toEqual([503, '10']);
    expect(await last?.text()).toBe('no UDP port is free for it\n');
    await other.close();
  });

  test('for what is off the air may come again', async () => {
    const reason = "'studio' is not on air: waiting for a publisher";
    const find = async () => ({ kind: 'missing', status: 503, reason }) as const;
    const other = await openStudio(null, { repertoire: { find } });
    const headers = { 'Content-Type': 'application/sdp' };
    const answer = await fetch(`${other.url}/whep/studio`, { method: 'POST', headers, body: GOOD });
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([409, '5']);
    expect(await answer.text()).toBe(`${reason}\n`);
    await other.close();
  });
});

describe('a session', () => {
  let session: string;
  let etag: string;

  test('is what an offer is answered with', async () => {
    const answer = await send({});
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Content-Type')).toStartWith('application/sdp');
    session = answer.headers.get('Location') ?? '';
    etag = answer.headers.get('ETag') ?? '';
    expect(session).toMatch(/^\/whep\/studio\/[\w-]{22}$/);
    expect(etag).toMatch(/^".+"$/);
    const sdp = await answer.text();
    expect(sdp.match(/^m=.*$/gm)).toEqual([
      'm=audio 9 UDP/TLS/RTP/SAVPF 100',
      'm=video 9 UDP/TLS/RTP/SAVPF 101 102',
    ]);
    expect(sdp.match(/a=sendonly/g)?.length).toBe(2);
    expect(sdp).toContain('a=candidate:');
    const streams = [...sdp.matchAll(/a=msid:(\S+) /g)].map(([, stream]) => stream);
    expect([streams.length, new Set(streams).size]).toEqual([2, 1]);
  });

  test('of a part of what there is declines the rest', async () => {
    const answer = await send({ path: '/whep/studio?audio=none' });
    expect((await answer.text()).match(/^m=.*$/gm)).toEqual([
      'm=audio 0 UDP/TLS/RTP/SAVPF 100',
      'm=video 9 UDP/TLS/RTP/SAVPF 101 102',
    ]);
    await send({ path: answer.headers.get('Location') ?? '', method: 'DELETE' });
  });

  const CANDIDATE = 'a=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n';
  const FRAGMENT = { 'Content-Type': 'application/trickle-ice-sdpfrag' };

  test.each<[string, string, () => Readonly<Record<string, string>>, number]>([
    ['more candidates', CANDIDATE, () => ({ ...FRAGMENT, 'If-Match': etag }), 204],
    ['no If-Match', CANDIDATE, () => FRAGMENT, 428],
    ['another ETag', CANDIDATE, () => ({ ...FRAGMENT, 'If-Match': '"x"' }), 412],
    ['an ICE restart', CANDIDATE, () => ({ ...FRAGMENT, 'If-Match': '*' }), 422],
    ['another type', CANDIDATE, () => ({ 'If-Match': etag }), 415],
    ['nonsense', 'hello', () => ({ ...FRAGMENT, 'If-Match': etag }), 400],
  ])('answers a PATCH with %s', async (_, body, headers, status) => {
    const answer = await send({ path: session, method: 'PATCH', body, headers: headers() });
    expect(answer.status).toBe(status);
  });

  test('is over when no connection comes of it', async () => {
    let nowMs = 0;
    const due = new Set<() => void>();
    const every = (_: number, work: () => void) => {
      due.add(work);
      return () => due.delete(work);
    };
    const other = await openStudio(null, { clock: { now: () => nowMs, every } });
    other.stream.open(named(), Date.now());
    const headers = { 'Content-Type': 'application/sdp' };
    await fetch(`${other.url}/whep/studio`, { method: 'POST', headers, body: GOOD });
    for (const [seconds, peers] of [
      [14, 1],
      [17, 0],
    ] as const) {
      for (; nowMs < seconds * 1_000; nowMs += 1_000) for (const work of [...due]) work();
      expect(await other.figure('headwater_origin_whep_peers')).toBe(peers);
    }
    expect(due.size).toBe(0);
    await other.close();
  });

  test('is ended by DELETE, once', async () => {
    expect((await send({ path: session, method: 'DELETE' })).status).toBe(200);
    expect((await send({ path: session, method: 'DELETE' })).status).toBe(404);
    expect((await send({ path: session, method: 'PATCH', headers: FRAGMENT })).status).toBe(404);
  });

  test('ends with the token that let it in', async () => {
    let end: Parameters<Ends>[0] = () => {};
    gate = {
      kind: 'open',
      ends: (told) => {
        end = told;
        return () => {};
      },
    };
    const { headers } = await send({});
    end('the token was revoked');
    expect((await send({ path: headers.get('Location') ?? '', method: 'DELETE' })).status).toBe(404);
  });

  test('is not given to more than there is room for', async () => {
    const answers = await Promise.all(Array.from({ length: PEERS_MAX + 2 }, () => send({})));
    const full = answers.filter(({ status }) => status === 503);
    expect(full.length).toBe(2);
    expect(full[0]?.headers.get('Retry-After')).toBe('10');
    expect(await full[0]?.text()).toBe('3 watch here already\n');
    for (const { headers } of answers)
      await send({ path: headers.get('Location') ?? '/whep/x/y', method: 'DELETE' });
    expect(await studio.figure('headwater_origin_whep_peers')).toBe(0);
  });
});
