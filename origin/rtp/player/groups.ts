import type { TrackId } from '../../../wire/ids.ts';
import type { LiveStream } from '../live/stream.ts';
import type { UdpFan } from '../udp/fan.ts';
import type { Group } from './carrier.ts';
import type { SetUp } from './session.ts';

/** The first port of a group; each track of its channel has the next two (RFC 3551 §8 has 5004 for RTP). */
const FIRST_PORT = 5_004;

/** Tracks that go to one group: more than a channel has. */
const TRACKS_MAX = 64;

/** One track of a live stream on its way to a group, and who receives it there. */
type Mailed = { readonly listeners: Set<() => void>; readonly leave: () => void };

/** Which groups live streams go to: one for each stream, and one copy of each track for all who receive it. */
export class Groups {
  readonly #fan: UdpFan;
  /** Routers that a packet may pass, and one. */
  readonly ttl: number;
  readonly #addresses: readonly string[];
  /** By their addresses. Streams that nobody receives any more give theirs back. */
  readonly #streams = new Map<LiveStream, { readonly address: string; readonly tracks: TrackId[] }>();
  readonly #mailed = new Map<string, Mailed>();

  constructor(fan: UdpFan, addresses: readonly string[], ttl: number) {
    this.#fan = fan;
    this.#addresses = addresses;
    this.ttl = ttl;
  }

  /** Where a track goes; null when all groups are taken. */
  groupOf(stream: LiveStream, track: TrackId): Group | null {
    const known = this.#streams.get(stream) ?? this.#reserve(stream);
    if (known === null) return null;
    if (!known.tracks.includes(track)) known.tracks.push(track);
    const index = known.tracks.indexOf(track);
    if (index >= TRACKS_MAX) return null;
    const port = FIRST_PORT + 2 * index;
    return { address: known.address, ports: [port, port + 1] };
  }

  /** One more receives these tracks there. What it returns ends that. */
  join(stream: LiveStream, setUps: readonly SetUp[], onEnd: () => void): () => void {
    const leaves = setUps.flatMap(({ track, carrier }) =>
      carrier.kind === 'multicast' ? [this.#joinOne(stream, track, carrier.group, onEnd)] : [],
    );
    return () => {
      for (const leave of leaves) leave();
    };
  }

  #joinOne(stream: LiveStream, track: TrackId, group: Group, onEnd: () => void): () => void {
    const key = `${group.address}:${group.ports[0]}`;
    const mailed = this.#mailed.get(key) ?? this.#mail(stream, track, group, key);
    mailed.listeners.add(onEnd);
    return () => {
      if (!mailed.listeners.delete(onEnd) || mailed.listeners.size > 0) return;
      mailed.leave();
      this.#mailed.delete(key);
    };
  }

  #mail(stream: LiveStream, track: TrackId, { address, ports }: Group, key: string): Mailed {
    const listeners = new Set<() => void>();
    const [rtp, rtcp] = ports.map((port) => ({ address, port }));
    const destinations = rtp && rtcp ? [{ track, rtp, rtcp }] : [];
    const onEnd = () => {
      this.#mailed.delete(key);
      for (const tell of [...listeners]) tell();
    };
    const mailed = { listeners, leave: this.#fan.join(stream, destinations, { onControl: () => {}, onEnd }) };
    this.#mailed.set(key, mailed);
    return mailed;
  }

  #reserve(stream: LiveStream) {
    const used = new Set([...this.#streams.values()].map(({ address }) => address));
    const address = this.#addresses.find((one) => !used.has(one)) ?? this.#takeBack();
    if (address === null) return null;
    const reserved = { address, tracks: [] };
    this.#streams.set(stream, reserved);
    return reserved;
  }

  /** Of a stream that nobody receives. */
  #takeBack(): string | null {
    for (const [stream, { address }] of this.#streams) {
      if ([...this.#mailed.keys()].some((key) => key.startsWith(`${address}:`))) continue;
      this.#streams.delete(stream);
      return address;
    }
    return null;
  }
}
