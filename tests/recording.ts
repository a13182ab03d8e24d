import { run } from '../runtime/process.ts';
import type { Channels } from './channels.ts';
import { eventually } from './cluster.ts';

/** What is said of a channel whose publisher goes on. */
const NOT_YET = ['starting', 'waiting for a publisher', 'its sound began'];

/** The URL of what was recorded of a channel, which is stopped: now, or when its source is gone. */
export async function recordingOf(
  cluster: Channels,
  id: string,
  when: 'now' | 'at its end' = 'at its end',
): Promise<string> {
  const reason = async () => (await cluster.state(id)).reason ?? NOT_YET[0] ?? '';
  if (when === 'at its end') await eventually(async () => !NOT_YET.includes(await reason()), 20_000);
  const why = await reason();
  await cluster.api('POST', `/channels/${id}/stop`);
  const found = async () => {
    const { items } = await cluster.api<{ items: { id: string }[] }>('GET', '/presentations?limit=500');
    return items.find((item) => item.id.startsWith(`${id}-`))?.id;
  };
  await eventually(async () => (await found()) !== undefined, 10_000).catch(() => {
    throw new Error(`nothing of ${id} was kept: ${why}`);
  });
  return cluster.playUrl((await found()) ?? '');
}

/** A stream as ffprobe tells it. */
export type Stream = {
  readonly codec_type: 'video' | 'audio';
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly avg_frame_rate: string;
  readonly channels?: number;
  readonly sample_rate?: string;
  readonly start_time: string;
  readonly nb_read_frames: string;
  readonly side_data_list?: readonly { readonly rotation?: number }[];
};

/** What is played of a recording, all of it. */
export async function probe(url: string) {
  const asked = ['-v', 'error', '-of', 'json', '-count_frames', '-show_streams', '-show_format'];
  const { output } = await run('ffprobe', [...asked, url]);
  const { streams, format } = JSON.parse(output.toString()) as {
    streams: readonly Stream[];
    format: { duration: string };
  };
  return {
    seconds: Number(format.duration),
    videos: streams.filter(({ codec_type }) => codec_type === 'video'),
    audios: streams.filter(({ codec_type }) => codec_type === 'audio'),
  };
}

/** In degrees, against the clock. */
export const rotationOf = ({ side_data_list = [] }: Stream) =>
  side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;

/** What a decoder is given of a track at an edge: the init segment of each epoch, and its segments. */
export async function epochsOf(edgeUrl: string, id: string, track: string): Promise<readonly Uint8Array[]> {
  const base = `${edgeUrl}/v/${id}/${track}/`;
  const playlist = await (await fetch(`${base}index.m3u8`)).text();
  const epochs = playlist.split('#EXT-X-MAP:URI=').slice(1);
  return Promise.all(
    epochs.map(async (text) => {
      const names = [...text.matchAll(/^"([^"]+)"|^(\w+\/\d+\.m4s)$/gm)].map(
        ([, init, segment]) => init ?? segment,
      );
      const parts = await Promise.all(names.map(async (name) => (await fetch(`${base}${name}`)).bytes()));
      return Buffer.concat(parts);
    }),
  );
}
