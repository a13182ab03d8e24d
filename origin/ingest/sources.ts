import { lookup } from 'node:dns/promises';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { list } from '../../runtime/files.ts';
import type { ChannelSettings } from '../../wire/channel.ts';
import type { PullScheme, Source as Where } from '../../wire/source.ts';
import { canWriteDigits } from '../transcode/clock.ts';
import { probe, probeInput, Unreadable } from '../transcode/probe.ts';
import { leadsAway } from './addresses.ts';
import { contentsOf, NotCarried } from './contents.ts';
import { openHttpSource } from './http-source.ts';
import { encoded, fromFeed, type OnAir, type Surroundings } from './on-air.ts';
import { paced } from './paced.ts';
import { remux } from './remux.ts';
import { TransportStream } from './transport-stream.ts';
import { openUdpSource } from './udp-source.ts';

/** Where a channel's media comes from when nobody publishes it. */
export type FetchedFrom = Exclude<Where, { kind: 'publish' }>;

export type Opening = Surroundings & {
  readonly settings: ChannelSettings;
  /** Counts the runs of a channel: the files of a folder are taken in turn. */
  readonly turn: number;
  /** Sources on this very machine may be pulled. */
  readonly allowsLocal: boolean;
};

/** Opens what the origin itself reads. Throws Unreadable or Unusable with the reason. */
export async function openSource(from: FetchedFrom, opening: Opening): Promise<OnAir> {
  switch (from.kind) {
    case 'loop':
      return openFile(from.path, opening);
    case 'camera':
      return openStream({ args: ['-f', from.format], paced: [], protocols: 'file' }, from.device, opening);
    case 'pull':
      await checkAddress(from.url, opening.allowsLocal);
      return (await openDirectly(from, opening)) ?? openStream(PULLS[from.scheme], from.url, opening);
  }
}

async function openFile(path: string, opening: Opening): Promise<OnAir> {
  const { settings } = opening;
  const { file, isAlone } = await fileOf(path, opening.turn);
  const source = await probe(file);
  if (settings.ladder !== 'passthrough') {
    const clock = settings.clock ? { digits: await canWriteDigits() } : null;
    return encoded({ kind: 'paced', file, loop: isAlone, clock }, source, settings);
  }
  if (settings.clock) throw new Unreadable('a clock can only be burnt in with a ladder: set `ladder` too');
  const args = [
    '-protocol_whitelist',
    'file,pipe',
    '-re',
    ...(isAlone ? ['-stream_loop', '-1'] : []),
    '-i',
    file,
  ];
  return copied(args, ['-protocol_whitelist', 'file', '-i', file], opening);
}

/** A folder's files come one after another, in the order of their names. */
async function fileOf(
  path: string,
  turn: number,
): Promise<{ readonly file: string; readonly isAlone: boolean }> {
  const there = await stat(path).catch(() => null);
  if (there === null) throw new Unreadable(`there is no ${path}`);
  if (!there.isDirectory()) return { file: path, isAlone: true };
  const names = (await list(path)).filter((name) => !name.startsWith('.')).sort();
  const name = names[turn % names.length];
  if (name === undefined) throw new Unreadable(`there is nothing in ${path}`);
  return { file: join(path, name), isAlone: names.length === 1 };
}

type Pulled = Extract<FetchedFrom, { kind: 'pull' }>;

/** A transport stream over UDP or HTTP, which the origin reads itself; null for what ffmpeg has to. */
async function openDirectly({ scheme, url }: Pulled, opening: Opening): Promise<OnAir | null> {
  switch (scheme) {
    case 'udp': {
      if (FOR_FFMPEG.test(url)) return null;
      const { pieces, close } = await openUdpSource(url);
      return openPieces(pieces, close, opening);
    }
    case 'http':
    case 'https': {
      const source = await openHttpSource(url);
      return source && openPieces(source.pieces, async () => source.close(), opening);
    }
    default:
      return null;
  }
}

/** What ffmpeg can be told of a UDP port, and is not understood here. */
const FOR_FFMPEG = /[?&](?:localaddr|sources|block)=/;

async function openPieces(
  pieces: AsyncIterable<Uint8Array>,
  close: () => Promise<void>,
  opening: Opening,
): Promise<OnAir | null> {
  const { settings, now } = opening;
  const stream = new TransportStream(pieces, now);
  const leave = async () => {
    await close();
    await stream.close();
  };
  try {
    const onAir = await fromFeed(paced(stream.feed(), now), settings, opening);
    return { ...onAir, stop: () => Promise.all([onAir.stop(), leave()]).then(() => {}) };
  } catch (error) {
    await leave();
    if (error instanceof NotCarried && settings.ladder !== 'passthrough') return null;
    throw error;
  }
}

async function openStream(pull: Pull, url: string, opening: Opening): Promise<OnAir> {
  const { settings } = opening;
  const { protocols } = pull;
  const read = [...pull.args, ...pull.paced, '-i', url];
  if (settings.ladder === 'passthrough') {
    const guard = ['-protocol_whitelist', protocols];
    const glance = [...guard, ...pull.args, ...(pull.glance ?? []), '-i', url];
    return copied([...guard, ...COPYING, ...read], glance, opening);
  }
  const source = await probeInput([...pull.args, '-i', url], protocols);
  return encoded({ kind: 'stream', args: read, protocols }, source, settings);
}

/** As it comes, but for its container. */
async function copied(
  inputArgs: readonly string[],
  probeArgs: readonly string[],
  opening: Opening,
): Promise<OnAir> {
  const { feed, stop } = await remux({ inputArgs, contents: await contentsOf(probeArgs) });
  const onAir = await fromFeed(feed, opening.settings, opening);
  return { ...onAir, stop };
}

/** Who copies need not know the frame rate. */
const COPYING = ['-fpsprobesize', '0'];

/** Microseconds after which a source that says nothing is given up. */
const SILENCE_US = '10000000';

type Pull = {
  readonly args: readonly string[];
  /** What ffmpeg alone is told: to read at the pace of the media. */
  readonly paced: readonly string[];
  /** What ffprobe is told when nothing but the codings is asked for. */
  readonly glance?: readonly string[];
  readonly protocols: string;
};

/** Over TCP where the camera can: nothing is lost there. Its description names the codings. */
const RTSP: Pull = {
  args: ['-rtsp_flags', 'prefer_tcp', '-timeout', SILENCE_US],
  paced: [],
  glance: ['-probesize', '32'],
  protocols: 'rtsp,rtp,udp,tcp,tls',
};
/** What is whole already would be read at once. */
const HTTP: Pull = {
  args: ['-rw_timeout', SILENCE_US],
  paced: ['-re'],
  protocols: 'http,https,tls,tcp,crypto',
};
const UDP: Pull = { args: ['-timeout', SILENCE_US], paced: [], protocols: 'udp,rtp' };
const RTMP: Pull = { args: ['-rw_timeout', SILENCE_US], paced: [], protocols: 'rtmp,rtmps,tcp,tls' };

/** How each kind of source is read, and what ffmpeg may open for it: a playlist must not lead to a local file. */
const PULLS: Readonly<Record<PullScheme, Pull>> = {
  rtsp: RTSP,
  rtsps: RTSP,
  http: HTTP,
  https: HTTP,
  udp: UDP,
  rtp: UDP,
  srt: { args: ['-timeout', SILENCE_US], paced: [], protocols: 'srt,udp' },
  rtmp: RTMP,
  rtmps: RTMP,
};

/** Throws Unreadable where a URL leads into the origin's own network and that is not allowed. */
async function checkAddress(url: string, allowsLocal: boolean): Promise<void> {
  if (allowsLocal) return;
  const host = new URL(url).hostname.replaceAll(/[[\]]/g, '');
  const found = await lookup(host, { all: true }).catch(() => {
    throw new Unreadable(`there is no host ${host}`);
  });
  if (found.every(({ address }) => leadsAway(address))) return;
  throw new Unreadable(
    `${host} is this machine or its link: start the origin with --pull-local yes to allow such sources`,
  );
}
