import { print as printConnection } from '../../../media/sdp/connection.ts';
import type { Format, Media } from '../../../media/sdp/media.ts';
import { print } from '../../../media/sdp/session.ts';
import type { Milliseconds } from '../../../media/time.ts';
import { isGroup, type RtpOutput } from '../../../wire/rtp-output.ts';

/** A stream that goes to a port. */
export type PushedMedia = {
  readonly kind: 'video' | 'audio';
  readonly port: number;
  readonly format: Format;
};

export type Pushed = {
  readonly title: string;
  readonly output: RtpOutput;
  readonly media: readonly PushedMedia[];
  /** When it was described: another description has another number. */
  readonly atMs: Milliseconds;
};

/** The session description of what is pushed, for who receives it (RFC 8866). */
export function describePush({ title, output, media, atMs }: Pushed): string {
  const { address, ttl } = output;
  const hasTtl = isGroup(address) && !address.includes(':');
  return print({
    origin: `- ${atMs} ${atMs} IN IP4 127.0.0.1`,
    name: title.replaceAll(/[\r\n]+/g, ' '),
    connection: printConnection({ address, ttl: hasTtl ? ttl : null }),
    control: null,
    range: null,
    tool: 'Headwater',
    kilobitsPerSecond: null,
    media: media.map(mediaOf),
  });
}

const mediaOf = ({ kind, port, format }: PushedMedia): Media => ({
  kind,
  port,
  protocol: 'RTP/AVP',
  formats: [format],
  connection: null,
  kilobitsPerSecond: null,
  control: null,
  direction: 'recvonly',
});
