import type { Metrics } from '../../runtime/metrics.ts';

/** What goes out as RTP over UDP, all in all. */
export type RtpCounts = {
  /** Datagrams that the system took, and the bytes in them. */
  sent: number;
  bytes: number;
  /** Datagrams that would have waited too long, and those that the system refused. */
  dropped: number;
  refused: number;
  /** Tracks on their way to an address, now. */
  receivers: number;
};

export const noCounts = (): RtpCounts => ({ sent: 0, bytes: 0, dropped: 0, refused: 0, receivers: 0 });

export function tellCounts(counts: RtpCounts, metrics: Metrics): void {
  const add = (name: string, help: string, of: keyof RtpCounts) =>
    metrics.add(`headwater_origin_rtp_${name}`, help, () => counts[of]);
  add('packets_total', 'RTP packets sent over UDP', 'sent');
  add('bytes_total', 'Bytes of RTP packets sent over UDP', 'bytes');
  add('dropped_total', 'RTP packets over UDP that would have waited too long', 'dropped');
  add('refused_total', 'RTP packets over UDP that the system refused', 'refused');
  add('receivers', 'Tracks that are sent to an address over UDP', 'receivers');
}
