import { type Check, must, should, when } from '../check.ts';
import type { Answer } from '../client/ask.ts';
import type { ByteRange } from '../playlist/segment.ts';

/** What was asked for. A playlist is `blocking` when it was asked for with _HLS_msn. */
export type Resource =
  | { readonly kind: 'multivariant' }
  | {
      readonly kind: 'playlist';
      readonly ended: boolean;
      readonly blocking: boolean;
      readonly targetDuration: number;
    }
  | { readonly kind: 'media'; readonly range: ByteRange | null };

export type Exchange = { readonly answer: Answer; readonly resource: Resource };

const PLAYLIST_TYPES = ['application/vnd.apple.mpegurl', 'audio/mpegurl'];
const MEDIA_TYPES = ['video/mp4', 'audio/mp4', 'video/iso.segment', 'video/mp2t'];

/** A year: what RFC 8246 calls immutable need not end before. */
const IMMUTABLE_SECONDS = 31_536_000;

/** Below this a compressed playlist is not shorter than its headers. */
const WORTH_COMPRESSING_BYTES = 1_400;

const header = ({ headers }: Answer, name: string) => headers.get(name) ?? '';
const typeOf = (answer: Answer) => header(answer, 'content-type').split(';')[0]?.trim().toLowerCase() ?? '';

const maxAge = (answer: Answer) => {
  const value = /(?:^|[\s,])max-age=([0-9]+)/.exec(header(answer, 'cache-control'))?.[1];
  return value === undefined ? 0 : Number(value);
};

const isOk = ({ status }: Answer) => status === 200 || status === 206;
const isMedia = ({ resource }: Exchange) => resource.kind === 'media';

/** Rules on every answer to a client that asks for what exists. */
export const ANSWERS: readonly Check<Exchange>[] = [
  must(
    'available',
    '§6.2.1',
    'A Media Segment MUST be available for immediate download when it is added to a Playlist.',
    ({ answer }) => when(!isOk(answer), `status ${answer.status}`),
  ),
  must(
    'playlist-media-type',
    '§4',
    'The HTTP Content-Type MUST be "application/vnd.apple.mpegurl" or "audio/mpegurl".',
    (exchange) =>
      when(
        !isMedia(exchange) && isOk(exchange.answer) && !PLAYLIST_TYPES.includes(typeOf(exchange.answer)),
        `Content-Type is '${typeOf(exchange.answer)}'`,
      ),
  ),
  must(
    'media-media-type',
    'RFC 9110 §8.3',
    'A sender that generates a message containing content SHOULD generate a Content-Type.',
    (exchange) =>
      when(
        isMedia(exchange) && isOk(exchange.answer) && !MEDIA_TYPES.includes(typeOf(exchange.answer)),
        `Content-Type is '${typeOf(exchange.answer)}'`,
      ),
  ),
  must(
    'cors',
    'Fetch standard, CORS protocol',
    'A page of any origin may read what the edge serves.',
    ({ answer }) => {
      const origin = header(answer, 'access-control-allow-origin');
      return when(origin !== '*' && answer.status !== 0, `Access-Control-Allow-Origin is '${origin}'`);
    },
  ),
  // "should" in the draft; Headwater promises it.
  must(
    'cache-blocking',
    'Appendix B.1',
    'Successful responses to blocking Playlist requests should be cached for six Target Durations.',
    ({ answer, resource }) => {
      const isBlocking = resource.kind === 'playlist' && resource.blocking && !resource.ended;
      const least = resource.kind === 'playlist' ? 6 * resource.targetDuration : 0;
      return when(isBlocking && isOk(answer) && maxAge(answer) < least, `max-age is ${maxAge(answer)} s`);
    },
  ),
  should(
    'cache-plain',
    'Appendix B.1',
    'Successful responses to non-blocking Playlist requests should be cached for half the Target Duration.',
    ({ answer, resource }) => {
      const isPlain = resource.kind === 'playlist' && !resource.blocking && !resource.ended;
      const most = resource.kind === 'playlist' ? Math.max(1, resource.targetDuration / 2) : 0;
      return when(isPlain && maxAge(answer) > most, `max-age is ${maxAge(answer)} s`);
    },
  ),
  must('cache-media', 'RFC 8246', 'Media never changes under its URL, and says so.', (exchange) => {
    const { answer } = exchange;
    const isKept =
      /\bimmutable\b/.test(header(answer, 'cache-control')) && maxAge(answer) >= IMMUTABLE_SECONDS;
    return when(isMedia(exchange) && isOk(answer) && !isKept, header(answer, 'cache-control') || 'no header');
  }),
  must(
    'byte-range-served',
    '§4.4.4.2, RFC 9110 §14',
    'A sub-range is obtained with a Range request: exactly its bytes.',
    ({ answer, resource }) => {
      if (resource.kind !== 'media' || resource.range === null || !isOk(answer)) return [];
      const isExact = answer.status === 206 && answer.bytes.byteLength === resource.range.length;
      return when(
        !isExact,
        `status ${answer.status}, ${answer.bytes.byteLength} of ${resource.range.length}`,
      );
    },
  ),
  should(
    'playlist-gzip',
    '§6.2.1',
    'HTTP servers SHOULD transfer text files using the "gzip" Content-Encoding.',
    (exchange) => {
      const { answer } = exchange;
      const isLong = !isMedia(exchange) && answer.bytes.byteLength > WORTH_COMPRESSING_BYTES;
      return when(isLong && header(answer, 'content-encoding') === '', 'it has no Content-Encoding');
    },
  ),
];
