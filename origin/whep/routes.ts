import type { Hono } from 'hono';
import type { Metrics } from '../../runtime/metrics.ts';
import { endpoint } from '../webrtc/http.ts';
import { Audience, type AudienceOptions } from './audience.ts';

/** Playback over WebRTC. */
export type Whep = {
  readonly routes: Hono;
  /** Ends all sessions. */
  readonly close: () => void;
};

/**
 * The WHEP endpoints (draft-ietf-wish-whep-03): `POST /whep/<id>` with an SDP offer plays a live channel; `PATCH` and
 * `DELETE` of the session that it answers with add addresses and end it. A session's name is known to its viewer alone.
 */
export function openWhep(options: AudienceOptions & { readonly metrics: Metrics }): Whep {
  const audience = new Audience(options);
  const routes = endpoint({
    base: '/whep',
    post: (c) => audience.admit(c),
    find: (c) => audience.find(c),
    deleted: 'the viewer ended it',
  });
  const { metrics } = options;
  const { counts } = audience;
  metrics.add('headwater_origin_whep_peers', 'Viewers over WebRTC', () => audience.size);
  metrics.add('headwater_origin_whep_packets_total', 'RTP packets sent to them', () => counts.packets);
  metrics.add(
    'headwater_origin_whep_repaired_total',
    'RTP packets sent to them again',
    () => counts.repaired,
  );
  metrics.add('headwater_origin_whep_refused_total', 'Viewers over WebRTC turned away', () => counts.refused);
  metrics.add('headwater_origin_whep_sounds', 'Channels whose sound is made Opus', () => counts.sounds);
  return { routes, close: () => audience.close() };
}
