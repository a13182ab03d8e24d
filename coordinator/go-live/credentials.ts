/** Who publishes to what. */
export type Credentials = { readonly channel: string; readonly key: string };

const KEY = 'headwater-publishing-key';

/**
 * The channel and the key in the page's address, `/go-live?channel=studio#key=…`. A fragment is never sent to a server
 * (RFC 3986 §3.5), so the key is safe there.
 */
export function read(address: { readonly search: string; readonly hash: string }): Credentials {
  return {
    channel: new URLSearchParams(address.search).get('channel') ?? '',
    key: new URLSearchParams(address.hash.slice(1)).get('key') ?? '',
  };
}

/** The address without the key, so that it can be shown and shared. */
export const addressOf = (channel: string): string =>
  channel === '' ? '/go-live' : `/go-live?channel=${encodeURIComponent(channel)}`;

/** The key of this tab for a channel; it is forgotten with the tab. */
export const keptKey = (channel: string): string => sessionStorage.getItem(`${KEY}:${channel}`) ?? '';

export const keepKey = ({ channel, key }: Credentials): void =>
  sessionStorage.setItem(`${KEY}:${channel}`, key);
