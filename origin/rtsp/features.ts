import type { Request } from '../../media/rtsp/message.ts';

/** Versions that are spoken: RFC 2326, and RFC 7826 to whom asks in it. */
export const VERSIONS: readonly string[] = ['1.0', '2.0'];

/** What is answered to OPTIONS. */
export const METHODS =
  'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER, ANNOUNCE, RECORD';

/** Those of publishers alone. */
export const PUBLISH_METHODS: readonly string[] = ['ANNOUNCE', 'RECORD'];

/** Feature tags that a client may require (RFC 7826 §11.1). */
const TAGS: readonly string[] = ['play.basic', 'play.scale'];

export const FEATURES = TAGS.join(', ');

/** What of the features that a client requires there is not, as the header `Unsupported` says it; null for nothing. */
export function unsupportedOf({ headers }: Request): string | null {
  const required = [headers.get('require'), headers.get('proxy-require')].join(',').split(',');
  const lacking = required.map((tag) => tag.trim()).filter((tag) => tag !== '' && !TAGS.includes(tag));
  return lacking.length === 0 ? null : lacking.join(', ');
}
