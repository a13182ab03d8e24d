import { type Check, must } from '../check.ts';
import type { Fault, Problem } from '../playlist/lines.ts';

type Read = { readonly problems: readonly Problem[] };

const rule = (fault: Fault, section: string, sentence: string): Check<Read> =>
  must(fault, section, sentence, ({ problems }) =>
    problems.filter((problem) => problem.fault === fault).map(({ text }) => text),
  );

/** What makes a text a playlist at all, media or multivariant. */
export const SYNTAX: readonly Check<Read>[] = [
  rule('encoding', '§4.1', 'Playlist files MUST be UTF-8 without BOM or control characters, in form NFC.'),
  rule('first-line', '§4.4.1.1', 'EXTM3U MUST be the first line of every playlist.'),
  rule('tag-known', '§4.1', 'Lines that start with #EXT are tags; this server sends none of its own.'),
  rule('tag-syntax', '§4.2', 'A value has the format of its type.'),
  rule('attribute-list', '§4.2', 'An attribute list is a comma-separated list without white space.'),
  rule('attribute-once', '§4.2', 'An AttributeName MUST NOT appear more than once in an attribute list.'),
  rule('attribute-required', '§4.4', 'A REQUIRED attribute is present.'),
  rule('attribute-known', '§4.4', 'An attribute is one that its tag defines.'),
  rule('tag-once', '§4.4.2, §4.4.3', 'There MUST NOT be more than one tag of a type that stands once.'),
  rule('tag-place', '§4.4.3, §4.4.4, §4.4.6', 'Media tags MUST NOT appear beside multivariant tags.'),
  rule('uri-line', '§4.4.4.1, §4.4.6.2', 'EXTINF is REQUIRED for each segment, a URI line for each variant.'),
];
