import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { offer } from '../../../tests/offer.ts';
import { type Door, KEY, openDoor } from '../../../tests/whip.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

type Sent = { readonly path?: string; readonly method?: string; readonly body?: string } & {
  readonly headers?: Readonly<Record<string, string>>;
};

const HEADERS = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/sdp' };

const send = ({ path = '/whip/studio', method = 'POST', body, headers = {} }: Sent) =>
  fetch(new URL(path, door.url), {
    method,
    headers: { ...HEADERS, ...headers },
    ...(method === 'POST' || method === 'PATCH' ? { body: body ?? offer() } : {}),
  });

describe('an offer', () => {
  test.each<[string, Sent, number, RegExp]>([
    ['without key', { headers: { Authorization: '' } }, 401, /Bearer/],
    ['with another scheme', { headers: { Authorization: 'Basic YTpi' } }, 401, /Bearer/],
    ['with a wrong key', { headers: { Authorization: 'Bearer wrong' } }, 403, /not the key of studio/],
    ['for no channel', { path: '/whip/nothing' }, 404, /no channel nothing/],
    ['of another type', { headers: { 'Content-Type': 'application/json' } }, 415, /application\/sdp/],
    ['that is none', { body: 'hello' }, 400, /not an SDP offer/],
    ['of VP8', { body: offer({ video: ['VP8'] }) }, 400, /H.264, VP9 or AV1, not VP8/],
    ['that is too long', { body: 'v'.repeat(70_000) }, 413, /64 KiB/],
    ['by PUT', { method: 'PUT' }, 405, /POST/],
  ])('%s is refused, in one line', async (_, sent, status, reason) => {
    const answer = await send(sent);
    expect(answer.status).toBe(status);
    const text = await answer.text();
    expect(text).toMatch(reason);
    expect(text.trim().split('\n').length).toBe(1);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(text).not.toContain(KEY);
  });

  test('has a place that is got as nothing', async () => {
    const answer = await send({ method: 'GET' });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  });

  test('may be sent by pages of elsewhere', async () => {
    const answer = await send({ method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('Accept-Post')).toBe('application/sdp');
    expect(answer.headers.get('Access-Control-Allow-Methods')).toContain('POST');
    expect(answer.headers.get('Access-Control-Allow-Headers')).toContain('Authorization');
  });
});

describe('a session', () => {
  let session: string;
  let etag: string;

  test('is what an offer is answered with', async () => {
    const recording = door.next();
    const answer = await send({ body: offer({ video: ['VP8', 'H264 packetization-mode=1'] }) });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Content-Type')).toStartWith('application/sdp');
    session = answer.headers.get('Location') ?? '';
    etag = answer.headers.get('ETag') ?? '';
    expect(session).toMatch(/^\/whip\/studio\/[\w-]{22}$/);
    expect(etag).toMatch(/^".+"$/);
    const sdp = await answer.text();
    expect(sdp).toContain('a=recvonly');
    expect(sdp).toMatch(/m=video 9 UDP\/TLS\/RTP\/SAVPF 101\r\n/);
    expect(sdp).toContain('a=candidate:');
    expect((await recording).isOver).toBe(false);
  });

  test('keeps others away', async () => {
    const answer = await send({});
    expect(answer.status).toBe(409);
    expect(await answer.text()).toMatch(/published already/);
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
    ['another key', CANDIDATE, () => ({ ...FRAGMENT, 'If-Match': etag, Authorization: 'Bearer x' }), 403],
    ['no key', CANDIDATE, () => ({ ...FRAGMENT, 'If-Match': etag, Authorization: '' }), 401],
  ])('answers a PATCH with %s', async (_, body, headers, status) => {
    const answer = await send({ path: session, method: 'PATCH', body, headers: headers() });
    expect(answer.status).toBe(status);
  });

  test('is not ended by another key, but by its own', async () => {
    const [recording] = door.recordings.slice(-1);
    const refused = await send({ path: session, method: 'DELETE', headers: { Authorization: 'Bearer x' } });
    expect(refused.status).toBe(403);
    expect(recording?.isOver).toBe(false);
    expect((await send({ path: session, method: 'DELETE' })).status).toBe(200);
    await recording?.until(({ isOver }) => isOver);
    expect(recording?.error).toBeNull();
    expect((await send({ path: session, method: 'DELETE' })).status).toBe(404);
  });

  test('is ended by the channel', async () => {
    const next = door.next();
    const answer = await send({});
    const recording = await next;
    door.dismiss('the key was changed');
    await recording.until(({ isOver }) => isOver);
    expect((await send({ path: answer.headers.get('Location') ?? '', method: 'DELETE' })).status).toBe(404);
  });
});

test('servers for ICE are said in Link', async () => {
  const other = await openDoor({ iceServers: [{ url: 'turn:127.0.0.1:9', username: 'u', credential: 'c' }] });
  const answer = await fetch(`${other.url}/whip/studio`, { method: 'POST', headers: HEADERS, body: offer() });
  expect(answer.headers.get('Link')).toBe(
    '<turn:127.0.0.1:9>; rel="ice-server"; username="u"; credential="c"; credential-type="password"',
  );
  await other.close();
});
