import type { Milliseconds } from '../../media/time.ts';
import type { ChannelSettings } from '../../wire/channel.ts';
import type { PresentationId } from '../../wire/ids.ts';
import type { State } from '../../wire/presentation.ts';
import type { LiveStream } from '../rtp/live-stream.ts';
import type { Sought } from './audience.ts';

/** A channel, as far as it is watched. */
export type Channel = {
  readonly settings: Pick<ChannelSettings, 'outputs' | 'onDemand'>;
  readonly broadcast: { readonly stream: LiveStream; readonly state: State };
};

export type ProgrammeOptions = {
  readonly channel: (id: PresentationId) => Channel | null;
  /** Somebody watches a channel that works on demand. */
  readonly want: (id: PresentationId) => void;
  /** Whether it is described as one. */
  readonly isFilm: boolean;
};

/** A channel that works on demand is woken, and has this long until there is something to play. */
const START_MS: Milliseconds = 15_000;

/** Another one may be between two runs of its encoder. */
const BETWEEN_MS: Milliseconds = 3_000;

/** Finds a channel that can be watched over WebRTC, once it is on air. */
export async function findLive(id: PresentationId, options: ProgrammeOptions): Promise<Sought> {
  const channel = options.channel(id);
  if (channel === null && options.isFilm)
    return missing(404, `'${id}' is not live: play it over HLS or DASH`);
  if (channel === null) return missing(404, `there is no channel '${id}'`);
  const { settings, broadcast } = channel;
  if (!settings.outputs.includes('rtp'))
    return missing(403, `'${id}' is not played over WebRTC: its outputs do not hold 'rtp'`);
  const want = () => {
    if (settings.onDemand) options.want(id);
  };
  want();
  const { stream } = broadcast;
  const tracks = await stream.ready(AbortSignal.timeout(settings.onDemand ? START_MS : BETWEEN_MS));
  if (tracks !== null) return { kind: 'live', live: { id, stream, want } };
  const { state } = broadcast;
  return missing(409, `'${id}' is not on air: ${'reason' in state ? state.reason : state.name}`);
}

const missing = (status: 403 | 404 | 409, reason: string) => ({ kind: 'missing', status, reason }) as const;
