import { check, sleep } from 'k6';
import { Client } from './client.ts';
import * as Metrics from './metrics.ts';
import { Playback } from './playback.ts';
import { type Multivariant, parseMultivariant, type Variant } from './playlist.ts';
import { Rendition } from './rendition.ts';
import { resolve } from './url.ts';

/** A player keeps so much ahead of what it plays, in target durations. */
const AHEAD_TARGETS = 3;

/** How often a viewer looks whether there is something to do. */
const LOOK_SECONDS = 0.1;

/** A session ends early after so many answers in a row that were not as they must be. */
const FAILURES_MAX = 5;

export type Session = {
  /** Where the coordinator sends viewers on from. */
  readonly playUrl: string;
  readonly seconds: number;
};

/** Watches a presentation as an HLS player does, in real time, to its end or for `seconds`. */
export function watch({ playUrl, seconds }: Session): void {
  const client = new Client();
  const playback = new Playback(Date.now());
  const renditions = open(client, playUrl);
  if (renditions !== null && play(renditions, playback, Date.now() + seconds * 1000)) Metrics.sessions.add(1);
  Metrics.redirects.add(client.redirects);
  report(playback);
}

function report({ startupMs, stalls, stalledMs, position }: Playback): void {
  if (startupMs === null) return;
  Metrics.startupTime.add(startupMs);
  Metrics.stalls.add(stalls);
  Metrics.stalledShare.add(stalledMs / (stalledMs + position * 1000 || 1));
}

function open(client: Client, playUrl: string): readonly Rendition[] | null {
  const got = client.get('multivariant', playUrl);
  const playlist = got && parseMultivariant(got.text);
  const good = check(playlist, { 'multivariant playlist names a variant': (parsed) => parsed !== null });
  if (!good || got === null || playlist === null) return null;
  const opened = uris(playlist).map((uri) => Rendition.open(client, resolve(got.url, uri), Date.now()));
  const renditions = opened.filter((rendition) => rendition !== null);
  return renditions.length === opened.length ? renditions : null;
}

/** A variant drawn by lot, as viewers' links differ, and the audio that goes with it. */
function uris({ variants, audio }: Multivariant): readonly string[] {
  const variant = variants[Math.floor(Math.random() * variants.length)] as Variant;
  const sound = variant.audio === null ? undefined : audio[variant.audio];
  return sound === undefined ? [variant.uri] : [variant.uri, sound];
}

/** True when it went on to the end. */
function play(renditions: readonly Rendition[], playback: Playback, untilMs: number): boolean {
  let failures = 0;
  while (Date.now() < untilMs && failures < FAILURES_MAX) {
    const good = step(renditions, playback);
    failures = good ? 0 : failures + 1;
    const complete = renditions.every((rendition) => rendition.complete);
    playback.advance(Date.now(), bufferedOf(renditions), complete);
    if (complete && playback.position >= bufferedOf(renditions)) return true;
    sleep(LOOK_SECONDS);
  }
  return failures < FAILURES_MAX;
}

const bufferedOf = (renditions: readonly Rendition[]) =>
  Math.min(...renditions.map(({ buffered }) => buffered));

/** Does what is due: playlists anew, then a segment of each rendition that has too little ahead. */
function step(renditions: readonly Rendition[], { position }: Playback): boolean {
  const results = renditions.map((rendition) => {
    const reloaded = rendition.reloadWhenDue(Date.now());
    const ahead = rendition.buffered - position;
    const isShort = ahead < AHEAD_TARGETS * rendition.targetSeconds;
    return reloaded && (!isShort || rendition.fetchNext() !== 'failed');
  });
  return results.every((good) => good);
}
