import type { Answer } from '../client/ask.ts';
import type { Exchange, Resource } from '../rules/answers.ts';
import type { History } from '../rules/history.ts';
import type { Probe } from '../rules/probes.ts';
import { lowLatency, media, URL_OF_TRACK, VOD } from './playlists.ts';

const PLAYLIST_HEADERS = {
  'content-type': 'application/vnd.apple.mpegurl',
  'cache-control': 'public, max-age=1',
  'access-control-allow-origin': '*',
};
const MEDIA_HEADERS = {
  ...PLAYLIST_HEADERS,
  'content-type': 'video/mp4',
  'cache-control': 'public, max-age=31536000, immutable',
};

function answer(status: number, headers: Readonly<Record<string, string>> = {}, size = 10): Answer {
  const times = { askedAtMs: 0, firstByteAtMs: 400, answeredAtMs: 410 };
  return {
    url: URL_OF_TRACK,
    status,
    headers: new Map(Object.entries(headers)),
    bytes: new Uint8Array(size),
    ...times,
  };
}

const playlist = (headers: Readonly<Record<string, string>>, blocking = false, size = 10): Exchange => {
  const resource: Resource = { kind: 'playlist', ended: false, blocking, targetDuration: 2 };
  return { answer: answer(200, { ...PLAYLIST_HEADERS, ...headers }, size), resource };
};
const file = (headers: Readonly<Record<string, string>>, status = 200, length: number | null = null) => {
  const range = length === null ? null : { length, offset: 0 };
  return {
    answer: answer(status, { ...MEDIA_HEADERS, ...headers }),
    resource: { kind: 'media', range },
  } satisfies Exchange;
};

export const GOOD_ANSWERS: readonly Exchange[] = [
  playlist({}),
  playlist({ 'cache-control': 'public, max-age=12' }, true),
  playlist({ 'content-encoding': 'gzip' }, false, 9_000),
  file({}),
  file({}, 206, 10),
];

/** For each rule on answers, one that breaks it and no other. */
export const BROKEN_ANSWERS: Readonly<Record<string, Exchange>> = {
  available: file({}, 404),
  'playlist-media-type': playlist({ 'content-type': 'text/plain' }),
  'media-media-type': file({ 'content-type': 'text/plain' }),
  cors: file({ 'access-control-allow-origin': 'https://one.example' }),
  'cache-blocking': playlist({ 'cache-control': 'no-cache' }, true),
  'cache-plain': playlist({ 'cache-control': 'public, max-age=2' }),
  'cache-media': file({ 'cache-control': 'public, max-age=60' }),
  'byte-range-served': file({}, 200, 10),
  'playlist-gzip': playlist({}, false, 9_000),
};

const live = media(lowLatency());
const blocked = (msn: number, part: number | null, change: Partial<Answer> = {}): Probe => ({
  kind: 'blocked',
  asked: { msn, part },
  answer: { ...answer(200), ...change },
  playlist: live,
});
const hint = (held: Partial<Answer>): Probe => ({
  kind: 'hint',
  held: { ...answer(200), ...held },
  listed: answer(200),
  partTarget: 0.5,
});

export const GOOD_PROBES: readonly Probe[] = [
  { kind: 'part-alone', answer: answer(400) },
  { kind: 'far-segment', answer: answer(400) },
  { kind: 'far-part', answer: answer(400) },
  { kind: 'ended', answer: answer(200), plain: answer(200) },
  blocked(18, 1),
  blocked(17, 3),
  blocked(17, 4),
  blocked(17, null),
  blocked(19, 0, { status: 503, answeredAtMs: 9_000 }),
  { kind: 'old', playlist: live, plain: live },
  { kind: 'skip', delta: media(lowLatency({ skipped: 2 })), full: live },
  { kind: 'skip', delta: media(VOD), full: media(VOD) },
  hint({}),
  { kind: 'removed-segment', answer: answer(200) },
  { kind: 'removed-part', answer: answer(200) },
  { kind: 'absent', answer: answer(404) },
  { kind: 'again', first: answer(200), second: answer(200) },
];

/** For each rule on prescribed answers, one that breaks it and no other. */
export const BROKEN_PROBES: Readonly<Record<string, Probe>> = {
  'part-alone': { kind: 'part-alone', answer: answer(200) },
  'far-segment': { kind: 'far-segment', answer: answer(200) },
  'far-part': { kind: 'far-part', answer: answer(200) },
  'directives-at-end': { kind: 'ended', answer: answer(400), plain: answer(200) },
  'blocked-served': blocked(18, 1, { status: 404 }),
  'blocked-until': blocked(18, 2),
  'blocked-too-long': blocked(18, 1, { answeredAtMs: 9_000 }),
  'blocked-whole': { kind: 'old', playlist: media(lowLatency({ from: 8 })), plain: live },
  'skip-served': { kind: 'skip', delta: live, full: live },
  'hint-served': hint({ status: 404 }),
  'hint-same': hint({ bytes: new Uint8Array(11) }),
  'hint-whole': hint({ firstByteAtMs: 0 }),
  'removed-segment': { kind: 'removed-segment', answer: answer(404) },
  'removed-part': { kind: 'removed-part', answer: answer(404) },
  'absent-not-found': { kind: 'absent', answer: answer(200) },
  'media-constant': { kind: 'again', first: answer(200), second: answer(200, {}, 11) },
};

/** A part each 500 ms, four to a segment. */
function history(delayMs: number, from: number, partTarget: number | null, breaks = false): History {
  const updates = Array.from({ length: 16 }, (_, index) => ({
    atMs: index * 500 + (index >= from ? delayMs : 0),
    edge: { msn: Math.floor(index / 4), part: index % 4 },
    discontinuitySequence: breaks && index >= from ? 1 : 0,
  }));
  return { targetDuration: 2, partTarget, updates, untilMs: 7_500 + delayMs, slackMs: 100 };
}

export const GOOD_HISTORIES: readonly History[] = [
  history(0, 0, 0.5),
  history(800, 6, null),
  history(800, 8, 0.5, true),
];

export const BROKEN_HISTORIES: Readonly<Record<string, History>> = {
  'update-frequency': history(2_000, 6, null),
  'part-frequency': history(200, 6, 0.5),
  'absence-signalled': history(3_000, 8, null, true),
};
