import { readFormat } from '../../../media/rtp/format.ts';
import type { Request } from '../../../media/rtsp/message.ts';
import { MalformedSdp } from '../../../media/sdp/malformed.ts';
import type { Media } from '../../../media/sdp/media.ts';
import { parse } from '../../../media/sdp/session.ts';
import { type Stream, streamOf } from './stream.ts';

/** Pictures and sound of a publisher: one of pictures and sound in several languages. */
const STREAMS_MAX = 8;

export type ReadAnnouncement =
  | { readonly kind: 'streams'; readonly streams: readonly Stream[] }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

const refused = (status: number, reason: string): ReadAnnouncement => ({ kind: 'refused', status, reason });

/** Reads the description that comes with ANNOUNCE (RFC 2326 §10.3). */
export function readAnnouncement({ headers, body }: Request): ReadAnnouncement {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/sdp') return refused(415, 'ANNOUNCE takes application/sdp alone');
  try {
    const { media } = parse(new TextDecoder().decode(body));
    return streamsOf(media);
  } catch (error) {
    if (!(error instanceof MalformedSdp)) throw error;
    return refused(400, `the session description can not be read: ${error.message}`);
  }
}

function streamsOf(media: readonly Media[]): ReadAnnouncement {
  if (media.length > STREAMS_MAX) return refused(415, `more than ${STREAMS_MAX} streams`);
  const streams: Stream[] = [];
  for (const one of media) {
    if (one.kind !== 'video' && one.kind !== 'audio') {
      streams.push(streamOf(one.control, null));
      continue;
    }
    const read = readFormat(one);
    if (read.kind === 'refused') return refused(415, read.reason);
    streams.push(streamOf(one.control, read.format));
  }
  const isEmpty = streams.every(({ receiver }) => receiver === null);
  return isEmpty ? refused(415, 'it announces neither pictures nor sound') : { kind: 'streams', streams };
}
