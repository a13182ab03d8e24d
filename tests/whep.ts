import { demux } from '../origin/packaging/feed.ts';
import { LiveStream } from '../origin/rtp/live/stream.ts';
import { tap } from '../origin/rtp/live/tap.ts';
import type { Found } from '../origin/rtp/repertoire.ts';
import type { AudienceOptions } from '../origin/whep/audience.ts';
import { openWhep } from '../origin/whep/routes.ts';
import { systemClock } from '../runtime/clock.ts';
import { listen } from '../runtime/http.ts';
import { Metrics } from '../runtime/metrics.ts';
import { type Child, start } from '../runtime/process.ts';
import { PresentationId, TrackId } from '../wire/ids.ts';
import { quiet } from './quiet.ts';

export const STUDIO = PresentationId.parse('studio');

/** A channel of its own, which ffmpeg makes until it is closed. */
export type Studio = {
  readonly url: string;
  readonly stream: LiveStream;
  /** How often somebody said that it is watched. */
  readonly wanted: () => number;
  /** A figure of the origin, by its name. */
  readonly figure: (name: string) => Promise<number>;
  /** Ends what is on air, and begins another run. */
  readonly restart: (args?: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Pictures that move, and a tone. */
const SIGNAL = [
  ...['-re', '-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=25'],
  ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
];

/** ffmpeg's arguments for pictures and sound in real time; `coding` encodes them. */
export const making = (coding: readonly string[], inputs: readonly string[] = SIGNAL): readonly string[] => [
  ...['-nostdin', '-v', 'error', ...inputs, ...coding],
  ...['-f', 'mp4', '-movflags', '+empty_moov+default_base_moof', '-frag_duration', '1'],
  ...['-flush_packets', '1', 'pipe:1'],
];

export const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25'] as const;
export const AAC = ['-c:a', 'aac'] as const;

/** A channel named `studio`, and WHEP in front of it. */
export async function openStudio(
  args: readonly string[] | null,
  options: Partial<AudienceOptions> = {},
): Promise<Studio> {
  const stream = new LiveStream(systemClock);
  let child: Child | null = null;
  let wanted = 0;
  const stop = async () => {
    await child?.stop();
    stream.rest();
  };
  const begin = async (made: readonly string[]) => {
    const running = await start({ command: 'ffmpeg', args: made });
    child = running;
    const hear = tap(stream, [TrackId.parse('v'), TrackId.parse('a')], Date.now());
    void (async () => {
      for await (const event of demux(running.output)) hear(event);
    })();
    await stream.ready(new AbortController().signal);
  };
  const want = () => (wanted += 1);
  const piece = { kind: 'live', id: STUDIO, title: 'Studio', stream, isProtected: false, want } as const;
  const find = async (id: string): Promise<Found> =>
    id === STUDIO
      ? { kind: 'piece', piece }
      : { kind: 'missing', status: 404, reason: `there is no channel '${id}'` };
  const metrics = new Metrics();
  const whep = openWhep({
    repertoire: { find },
    gate: async () => ({ kind: 'open' }),
    network: { publicAddresses: [], udpPorts: null, iceServers: [] },
    peersMax: 50,
    clock: systemClock,
    log: quiet,
    metrics,
    ...options,
  });
  const listener = await listen({ port: 0, hostname: '::', portSetting: '', fetch: whep.routes.fetch });
  if (args !== null) await begin(args);
  return {
    url: `http://127.0.0.1:${listener.port}`,
    stream,
    wanted: () => wanted,
    figure: async (name) => figureOf(await (await metrics.respond()).text(), name),
    restart: async (made = args ?? []) => {
      await stop();
      await begin(made);
    },
    close: async () => {
      await stop();
      whep.close();
      await listener.close();
    },
  };
}

const figureOf = (text: string, name: string) =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
