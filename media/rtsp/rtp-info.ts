import type { Version } from './message.ts';

/** Where one stream goes on: what its first packet will have. */
export type StreamInfo = {
  readonly url: string;
  /** Names the source; RTSP 1.0 can't say it. */
  readonly ssrc: number | null;
  readonly sequence: number | null;
  /** The RTP timestamp of the start of the range that is played. */
  readonly timestamp: number | null;
};

/** Streams that are looked at: a session has no more media. */
const STREAMS_MAX = 16;

/** Starts each stream of the header: a URL may have commas as well. */
const NEXT = /,\s*(?=url\s*=)/i;
const URL_NAME = /^\s*url\s*=\s*/i;
const PARAMETER = /[;\s]\s*(?:ssrc|seq|rtptime)\s*=/i;

/**
 * Reads an `RTP-Info` header of either version (RFC 2326 §12.33, RFC 7826 §18.45); of several sources of a URL, the
 * first. What is none is left out.
 */
export const parse = (header: string): readonly StreamInfo[] =>
  header.split(NEXT, STREAMS_MAX).flatMap((text) => readStream(text) ?? []);

function readStream(text: string): StreamInfo | null {
  if (!URL_NAME.test(text)) return null;
  const rest = text.replace(URL_NAME, '');
  const at = rest.search(PARAMETER);
  const url = (at < 0 ? rest : rest.slice(0, at)).trim().replaceAll('"', '');
  const parameters = at < 0 ? '' : rest.slice(at);
  if (url === '') return null;
  return {
    url,
    ssrc: numberOf(/\bssrc\s*=\s*([\da-f]{1,8})\b/i.exec(parameters), 16, 2 ** 32),
    sequence: numberOf(/\bseq\s*=\s*(\d{1,5})\b/i.exec(parameters), 10, 2 ** 16),
    timestamp: numberOf(/\brtptime\s*=\s*(\d{1,10})\b/i.exec(parameters), 10, 2 ** 32),
  };
}

function numberOf(found: readonly string[] | null, base: 10 | 16, below: number): number | null {
  const value = Number.parseInt(found?.[1] ?? '', base);
  return value < below ? value : null;
}

/** The header, as the version has it. */
export const print = (streams: readonly StreamInfo[], version: Version): string =>
  streams.map(version === '1.0' ? printPlain : printQuoted).join(',');

const printPlain = ({ url, ...said }: StreamInfo): string => [`url=${url}`, ...printNext(said)].join(';');

/** Of a source: without one there is nothing more to say. */
function printQuoted({ url, ssrc, ...said }: StreamInfo): string {
  if (ssrc === null) return `url="${url}"`;
  return `url="${url}" ssrc=${ssrc.toString(16).toUpperCase().padStart(8, '0')}:${printNext(said).join(';')}`;
}

const printNext = ({
  sequence,
  timestamp,
}: Pick<StreamInfo, 'sequence' | 'timestamp'>): readonly string[] => [
  ...(sequence === null ? [] : [`seq=${sequence}`]),
  ...(timestamp === null ? [] : [`rtptime=${timestamp}`]),
];
