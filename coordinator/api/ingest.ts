import { z } from '@hono/zod-openapi';
import type { PresentationId } from '../../wire/ids.ts';
import type { OriginCard } from '../../wire/origin-card.ts';
import { originHost, originUrl, type Viewpoint } from '../assignment/address.ts';

/** Where a channel is published to. Those of doors that are shut are left out. */
export const Ingest = z
  .object({
    /** For ffmpeg and others that take one URL. */
    rtmp: z.string(),
    /** For OBS and others that ask for two things. */
    rtmpServer: z.string(),
    rtmpStreamKey: z.string(),
    srt: z.string(),
    rtsp: z.string(),
    /** Send the key as `Authorization: Bearer <key>`. */
    whip: z.string(),
    /** CMAF over HTTP, with the key in the same header; a track is sent to `<url>/<name>.cmfv`, `.cmfa` or `.mp4`. */
    cmaf: z.string(),
  })
  .partial()
  .openapi('Ingest');
export type Ingest = z.infer<typeof Ingest>;

/** The addresses of a channel, with its key in them where it is known; the key is kept nowhere but with its owner. */
export function ingestOf(
  id: PresentationId,
  key: string | null,
  card: OriginCard | null,
  from: Viewpoint,
): Ingest {
  if (card === null) return {};
  const host = originHost(card, from);
  const base = originUrl(card, from);
  const { rtmp, srt, rtsp } = card.ports;
  const secret = key ?? '<key>';
  return {
    ...(rtmp === null
      ? {}
      : {
          rtmp: `rtmp://${host}:${rtmp}/live/${id}?key=${secret}`,
          rtmpServer: `rtmp://${host}:${rtmp}/live`,
          rtmpStreamKey: `${id}?key=${secret}`,
        }),
    ...(srt === null ? {} : { srt: `srt://${host}:${srt}?streamid=publish:${id}:${secret}` }),
    ...(rtsp === null ? {} : { rtsp: `rtsp://${host}:${rtsp}/${id}?key=${secret}` }),
    whip: `${base}/whip/${id}`,
    cmaf: `${base}/cmaf/${id}`,
  };
}
