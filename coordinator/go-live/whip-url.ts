import { Trouble } from './trouble.ts';

/** Where a channel is published to. Throws Trouble. */
export async function whipUrlOf(channel: string): Promise<string> {
  const response = await fetch(`/go-live/whip/${encodeURIComponent(channel)}`).catch(() => null);
  if (response === null) throw new Trouble('The server does not answer.', true);
  if (!response.ok) throw new Trouble('There is no origin running that could take it.', true);
  const { url } = (await response.json()) as { url: string };
  if (location.protocol === 'https:' && url.startsWith('http:') && !isLocal(url)) {
    throw new Trouble(
      'This page came over https, and the origin takes http alone: put it behind TLS too.',
      false,
    );
  }
  return url;
}

const isLocal = (url: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
