import { type Channels, startChannels } from './channels.ts';

/** A token as the API answers with it. */
export type Made = {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: number;
  readonly urls: {
    readonly page: string;
    readonly hls: string;
    readonly dash: string;
    readonly rtsp: string;
  };
};

/** A cluster with the protected channel `club`, which is recorded. */
export type Club = Channels & {
  readonly token: (id: string, asked?: object) => Promise<Made>;
};

export async function openClub(env: Readonly<Record<string, string>> = {}): Promise<Club> {
  const cluster = await startChannels(env);
  const settings = { source: `file:${cluster.film}`, ladder: 'mobile', protection: 'token', record: true };
  await cluster.make('club', settings);
  await cluster.becomes('club', 'live');
  const token = (id: string, asked: object = {}) =>
    cluster.api<Made>('POST', `/presentations/${id}/tokens`, asked);
  return { ...cluster, token };
}

/** The status of an answer, without following where it leads. */
export async function status(url: string): Promise<number> {
  const response = await fetch(url, { redirect: 'manual' });
  await response.body?.cancel();
  return response.status;
}
