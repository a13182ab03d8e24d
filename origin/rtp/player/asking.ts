import type { Request, Response, Version } from '../../../media/rtsp/message.ts';
import { respond } from '../../../media/rtsp/message.ts';
import * as Range from '../../../media/rtsp/range.ts';
import * as RtpInfo from '../../../media/rtsp/rtp-info.ts';
import * as Scale from '../../../media/rtsp/scale.ts';
import type { AskedToPlay, Prepared } from '../performance.ts';
import type { Session } from './session.ts';

/** What a PLAY asks for, or why that can't be. */
export type ReadAsking =
  | { readonly kind: 'asked'; readonly asked: AskedToPlay }
  /** It changes nothing of what plays. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly response: Response };

const refused = (status: number, reason: string): ReadAsking => ({
  kind: 'refused',
  response: respond(status, {}, reason),
});

/** Reads `Range` and `Scale` of a PLAY. */
export function readAsking({ headers }: Request, session: Session): ReadAsking {
  const said = headers.get('range');
  const scaleSaid = headers.get('scale');
  if (said === undefined && scaleSaid === undefined && session.state === 'playing')
    return { kind: 'nothing' };
  const scale = scaleSaid === undefined ? 1 : Scale.parse(scaleSaid);
  if (scale === null) return refused(400, 'a Scale that is no speed');
  const read = said === undefined ? null : Range.parse(said);
  if (read?.kind === 'malformed') return refused(400, 'a Range that can not be read');
  if (read?.kind === 'unknown-unit') return refused(501, 'times are said as npt here');
  const { start = null, end = null } = read?.range ?? {};
  const from = start === 'now' ? null : start;
  return { kind: 'asked', asked: { from, to: end, scale } };
}

/** What is answered to a PLAY. */
export function answerOf({ span, scale, infos }: Prepared, { headers }: Request, session: Session): Response {
  const version: Version = session.version === '2.0' ? '2.0' : '1.0';
  const streams = infos.flatMap((info) => {
    const url = session.setUps.find(({ track }) => track === info.track)?.uri;
    return url === undefined ? [] : [{ ...info, url }];
  });
  const range = span === null ? { start: 'now' as const, end: null } : { start: span.from, end: span.to };
  return respond(200, {
    Session: session.id,
    Range: Range.print(range),
    ...((headers.has('scale') || scale !== 1) && { Scale: Scale.print(scale) }),
    ...(version === '2.0' && { 'Seek-Style': 'RAP' }),
    ...(streams.length > 0 && { 'RTP-Info': RtpInfo.print(streams, version) }),
  });
}
