import type { TrackId } from '../../wire/ids.ts';

/** Where the packets of one session go. Nothing of it waits or throws. */
export type Outlet = {
  /** Whole RTP packets, of one track or several, each with its track. */
  readonly send: (packets: readonly Addressed[]) => void;
  /** RTCP. */
  readonly control: (track: TrackId, packet: Uint8Array) => void;
  /** It takes no more for now, since its receiver reads slowly. */
  readonly isFull: () => boolean;
  /** Nothing more of a track is sent. */
  readonly forget: (track: TrackId) => void;
  readonly close: () => void;
};

/** The packets of a sample, and the track that they belong to. */
export type Addressed = { readonly track: TrackId; readonly packets: readonly Uint8Array[] };
