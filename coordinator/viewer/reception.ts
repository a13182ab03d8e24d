/** How a connection does, by its statistics (W3C WEBRTC-STATS). */
export type Reception = {
  /** Received so far, pictures and sound. */
  readonly bytes: number;
  /** When that was counted, in milliseconds. */
  readonly at: number;
  /** Lines of the picture; 0 before there is one. */
  readonly height: number;
  /** Bits per second since the statistics before. */
  readonly bitrate: number | null;
  /** How long pictures wait until they are shown. */
  readonly delayMs: number | null;
};

type Inbound = {
  readonly type: string;
  readonly kind?: string;
  readonly timestamp: number;
  readonly bytesReceived?: number;
  readonly frameHeight?: number;
  readonly jitterBufferDelay?: number;
  readonly jitterBufferEmittedCount?: number;
};

/** Reads what has been received; `before` are the statistics of a while ago. */
export function receptionOf(
  report: Iterable<readonly [string, Inbound]>,
  before: Reception | null,
): Reception {
  const inbound = [...report].map(([, stats]) => stats).filter(({ type }) => type === 'inbound-rtp');
  const picture = inbound.find(({ kind }) => kind === 'video');
  const bytes = inbound.reduce((sum, { bytesReceived = 0 }) => sum + bytesReceived, 0);
  const at = inbound[0]?.timestamp ?? 0;
  const passed = before === null ? 0 : at - before.at;
  const { jitterBufferDelay: delay = 0, jitterBufferEmittedCount: count = 0 } = picture ?? {};
  return {
    bytes,
    at,
    height: picture?.frameHeight ?? 0,
    bitrate: before === null || passed <= 0 ? null : ((bytes - before.bytes) * 8_000) / passed,
    delayMs: count === 0 ? null : (delay / count) * 1_000,
  };
}
