import type { Request } from '../../../media/rtsp/message.ts';

/** A player's connection, as far as those who serve it are concerned. Nothing of it waits or throws. */
export type Link = {
  /** The player's IP address. */
  readonly address: string;
  /** Sends whole frames. */
  readonly write: (bytes: Uint8Array) => void;
  /** Bytes that were written and that the system has not taken yet. */
  readonly waitingBytes: () => number;
  /** Sends a request of ours; what is answered does not matter. */
  readonly ask: (request: Omit<Request, 'kind' | 'body'>) => void;
  /** Cuts it off. */
  readonly cut: (reason: string) => void;
};
