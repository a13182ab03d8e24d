import { pino } from 'pino';
import { presentationTime } from '../media/sample.ts';
import type { Admission, Admit, Claim, RefusalCode } from '../origin/ingest/door.ts';
import { listenSrt } from '../origin/ingest/srt/listener.ts';
import type { Feed } from '../origin/packaging/feed.ts';
import { start } from '../runtime/process.ts';
import { openUdp, type UdpAddress } from '../runtime/udp.ts';
import { Told } from './told.ts';

/** What came of one publisher. */
export type Published = {
  readonly id: string;
  /** Null where its feed ended by itself. */
  readonly error: string | null;
  /** When samples are shown, in seconds, a list for each track. */
  readonly shown: readonly (readonly number[])[];
};

const KEY = 'k3y:with-colon';

/** A door with channels of any id, but `absent` and `busy`; it keeps what it heard and wrote. */
export async function openDoor(options: { readonly passphrase?: string; readonly latencyMs?: number } = {}) {
  const published = new Told<Published>();
  const samples = new Told<string>();
  const lines = new Told<string>();
  const controllers = new Map<string, AbortController>();
  const admit: Admit = ({ presentation, key }: Claim): Admission => {
    const code = refusalOf(presentation, key);
    if (code !== null) return { kind: 'refused', code, reason: `of ${code}` };
    const controller = new AbortController();
    controllers.set(presentation, controller);
    const take = async (feed: Feed) => {
      published.add({ id: presentation, ...(await watch(feed, () => samples.add(presentation))) });
    };
    return { kind: 'admitted', publishing: { signal: controller.signal, take, release: () => {} } };
  };
  const log = pino({ level: 'info' }, { write: lines.add });
  const listener = await listenSrt({
    ...{ port: 0, hostname: '127.0.0.1', portSetting: '--srt-port', admit, log },
    ...options,
  });
  return { ...listener, published, samples, lines, controllers };
}

function refusalOf(id: string, key: string): RefusalCode | null {
  if (id === 'absent') return 'unknown-channel';
  if (key !== KEY) return 'wrong-key';
  return id === 'busy' ? 'taken' : null;
}

async function watch(feed: Feed, onSample: () => void) {
  const timescales = new Map<number, number>();
  const shown = new Map<number, number[]>();
  let error: string | null = null;
  try {
    for await (const event of feed) {
      if (event.kind === 'movie')
        for (const { id, timescale } of event.tracks) timescales.set(id, timescale).size && shown.set(id, []);
      else
        for (const { trackId, samples } of event.runs)
          for (const sample of samples) {
            shown.get(trackId)?.push(presentationTime(sample) / (timescales.get(trackId) ?? 1));
            onSample();
          }
    }
  } catch (reason) {
    error = String((reason as Error).message);
  }
  return { error, shown: [...shown.values()] };
}

export type Target = {
  readonly port: number;
  readonly id: string;
  readonly key?: string;
  /** More of the URL, such as `&pbkeylen=16`. */
  readonly more?: string;
};

export const urlOf = ({ port, id, key = KEY, more = '' }: Target) =>
  `srt://127.0.0.1:${port}?streamid=publish:${id}:${key}&pkt_size=1316${more}`;

/** The same in the form of the access control guidelines. */
export const standardUrlOf = ({ port, id, key = KEY, more = '' }: Target) =>
  `srt://127.0.0.1:${port}?streamid=#!::r=${id},m=publish,s=${key}&pkt_size=1316${more}`;

/** Runs ffmpeg as a publisher of a file at its own pace. */
export async function publish(file: string, url: string, isEndless = false) {
  const errors: string[] = [];
  const child = await start({
    command: 'ffmpeg',
    args: [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-re'],
      ...(isEndless ? ['-stream_loop', '-1'] : []),
      ...['-i', file, '-c', 'copy', '-f', 'mpegts', url],
    ],
    onErrorLine: (line) => errors.push(line),
  });
  return { ...child, errors };
}

/** Whether a datagram is let through, passed twice, or kept until the next one has gone. */
export type Fate = 'pass' | 'drop' | 'delay';

type Passing = { readonly count: number; readonly towardsDoor: boolean; readonly datagram: Uint8Array };

/** A way to the door on which datagrams get lost. */
export async function openRelay(port: number, fateOf: (passing: Passing) => Fate) {
  const door = { address: '127.0.0.1', port };
  let client: UdpAddress | null = null;
  let count = 0;
  const options = { port: 0, hostname: '127.0.0.1', portSetting: '' };
  const way = (forward: (datagram: Uint8Array) => void, towardsDoor: boolean) => {
    let delayed: Uint8Array | null = null;
    return (datagram: Uint8Array) => {
      const fate = fateOf({ count: count++, towardsDoor, datagram });
      if (fate === 'drop') return;
      const late = delayed;
      delayed = fate === 'delay' ? datagram : null;
      if (fate === 'pass') forward(datagram);
      if (late !== null) forward(late);
    };
  };
  const back = way((datagram) => client && front.send(datagram, client), false);
  const outside = await openUdp({ ...options, onDatagram: back });
  const forth = way((datagram) => outside.send(datagram, door), true);
  const front = await openUdp({
    ...options,
    onDatagram(datagram, from) {
      client = from;
      forth(datagram);
    },
  });
  return { port: front.port, close: () => Promise.all([front.close(), outside.close()]) };
}
