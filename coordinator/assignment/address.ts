import type { Lease } from '../../wire/lease.ts';
import type { OriginCard } from '../../wire/origin-card.ts';

/** How a viewer reached the coordinator, and where that runs. */
export type Viewpoint = {
  /** As the viewer wrote it, without port; IPv6 in brackets. */
  readonly hostname: string;
  readonly machine: string;
};

type Reach = Pick<Lease, 'publicUrl' | 'addresses' | 'port' | 'machine'>;

/**
 * Where a viewer reaches an edge: as the edge's operator says; else, on the coordinator's own machine, by the name
 * that brought the viewer to the coordinator; else at the edge's address of the viewer's family.
 */
export function urlOf({ publicUrl, addresses, port, machine }: Reach, from: Viewpoint): string {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, '');
  return `http://${hostOf({ machine, addresses }, from)}:${port}`;
}

/** The host of such a URL, IPv6 in brackets. */
export function hostOf(
  { machine, addresses }: Pick<Reach, 'machine' | 'addresses'>,
  from: Viewpoint,
): string {
  if (machine === from.machine) return from.hostname;
  const isSixed = from.hostname.startsWith('[');
  const sameFamily = addresses.find((address) => address.includes(':') === isSixed);
  const address = sameFamily ?? addresses[0] ?? from.hostname;
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

/** The host by which the origin is reached, IPv6 in brackets. */
export const originHost = (card: OriginCard, from: Viewpoint): string =>
  card.publicHost ?? hostOf(card, from);

/** Where the origin is reached over HTTP, by those who publish and those who play over WebRTC. */
export const originUrl = (card: OriginCard, from: Viewpoint): string =>
  `http://${originHost(card, from)}:${card.ports.http}`;
