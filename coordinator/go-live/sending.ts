import { bitRate } from '../web/words.ts';

/** What has been sent so far, as the browser counts it. */
export type Counts = {
  /** Milliseconds on any clock that goes on. */
  readonly atMs: number;
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Milliseconds; null before it was measured. */
  readonly roundTripMs: number | null;
};

/** What of a statistics report is read (W3C WEBRTC-STATS). Browsers leave out what they do not know. */
type Stat = {
  readonly type: string;
  readonly kind?: string;
  readonly bytesSent?: number;
  readonly packetsSent?: number;
  readonly packetsLost?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesPerSecond?: number;
  readonly roundTripTime?: number;
};

/** Adds up the statistics of a connection that sends. */
export function count(report: Iterable<Stat>, atMs: number): Counts {
  const stats = [...report];
  const sent = stats.filter(({ type }) => type === 'outbound-rtp');
  const heard = stats.filter(({ type }) => type === 'remote-inbound-rtp');
  const video = sent.find(({ kind }) => kind === 'video');
  const trips = heard.flatMap(({ roundTripTime }) => (roundTripTime === undefined ? [] : [roundTripTime]));
  return {
    atMs,
    bytes: sum(sent.map(({ bytesSent }) => bytesSent)),
    packets: sum(sent.map(({ packetsSent }) => packetsSent)),
    lost: Math.max(0, sum(heard.map(({ packetsLost }) => packetsLost))),
    width: video?.frameWidth ?? 0,
    height: video?.frameHeight ?? 0,
    framesPerSecond: video?.framesPerSecond ?? 0,
    roundTripMs: trips.length === 0 ? null : Math.max(...trips) * 1_000,
  };
}

const sum = (values: readonly (number | undefined)[]) =>
  values.reduce<number>((all, each) => all + (each ?? 0), 0);

/** What is sent now, as rows of term and value. */
export function rowsOf(now: Counts, before: Counts | null): readonly (readonly [string, string])[] {
  const seconds = before === null ? 0 : (now.atMs - before.atMs) / 1_000;
  const rate = before === null || seconds <= 0 ? null : ((now.bytes - before.bytes) * 8) / seconds;
  const lost = now.packets === 0 ? 0 : (now.lost / now.packets) * 100;
  const rows: readonly (readonly [string, string | null])[] = [
    [
      'Picture',
      now.height === 0 ? null : `${now.width}×${now.height} · ${Math.round(now.framesPerSecond)}/s`,
    ],
    ['Bit rate', rate === null ? null : bitRate(Math.max(0, rate))],
    ['Packets lost', `${now.lost}${now.lost === 0 ? '' : ` · ${lost.toFixed(1)} %`}`],
    ['Round trip', now.roundTripMs === null ? null : `${Math.round(now.roundTripMs)} ms`],
  ];
  return rows.flatMap(([term, value]) => (value === null ? [] : [[term, value] as const]));
}
