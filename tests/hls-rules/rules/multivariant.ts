import { type Check, must, should, when } from '../check.ts';
import { isYes, number, text } from '../playlist/attributes.ts';
import type { Tag } from '../playlist/lines.ts';
import type { MultivariantPlaylist } from '../playlist/multivariant-playlist.ts';

const groupOf = ({ attributes }: Tag) => `${text(attributes, 'TYPE')} ${text(attributes, 'GROUP-ID')}`;
const groups = ({ media }: MultivariantPlaylist) => Map.groupBy(media, groupOf);
const typeOf = ({ attributes }: Tag) => text(attributes, 'TYPE');

/** Attributes in which the members of two groups may differ (§4.4.6.1.1). */
const OWN = ['URI', 'CHANNELS', 'BIT-DEPTH', 'STABLE-RENDITION-ID', 'INSTREAM-ID', 'SAMPLE-RATE', 'GROUP-ID'];

const memberOf = ({ attributes }: Tag) =>
  [...attributes]
    .filter(([name]) => !OWN.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');

function unlikeGroups(playlist: MultivariantPlaylist): readonly string[] {
  const members = new Map<string, string>();
  return [...groups(playlist)].flatMap(([group, tags]) => {
    const type = group.split(' ')[0] ?? '';
    const own = tags.map(memberOf).sort().join('; ');
    const first = members.get(type) ?? own;
    members.set(type, first);
    return when(first !== own, `group ${group} differs from the first of its type`);
  });
}

const REFERENCES = ['AUDIO', 'VIDEO', 'SUBTITLES', 'CLOSED-CAPTIONS'];

function danglingGroups(playlist: MultivariantPlaylist): readonly string[] {
  const known = groups(playlist);
  return [...playlist.variants, ...playlist.iFrames].flatMap(({ at, attributes }) =>
    REFERENCES.filter((type) => attributes.get(type)?.startsWith('"'))
      .filter((type) => !known.has(`${type} ${text(attributes, type)}`))
      .map((type) => `line ${at}: there is no ${type} group ${attributes.get(type)}`),
  );
}

function badUri({ at, attributes }: Tag): readonly string[] {
  const type = text(attributes, 'TYPE');
  if (type === 'CLOSED-CAPTIONS')
    return [
      ...when(attributes.has('URI'), `line ${at}: captions with a URI`),
      ...when(!attributes.has('INSTREAM-ID'), `line ${at}: captions without INSTREAM-ID`),
    ];
  return when(type === 'SUBTITLES' && !attributes.has('URI'), `line ${at}: subtitles without URI`);
}

const ONLY: Readonly<Record<string, string>> = {
  'BIT-DEPTH': 'AUDIO',
  'SAMPLE-RATE': 'AUDIO',
  CHANNELS: 'AUDIO',
  FORCED: 'SUBTITLES',
};

const misfits = (tag: Tag): readonly string[] =>
  Object.entries(ONLY)
    .filter(([name, type]) => tag.attributes.has(name) && typeOf(tag) !== type)
    .map(([name]) => `line ${tag.at}: ${name} with TYPE=${typeOf(tag)}`);

/** Rules on the multivariant playlist alone. */
export const MULTIVARIANT: readonly Check<MultivariantPlaylist>[] = [
  must('group-names', '§4.4.6.1.1', 'Tags in the same Group MUST have different NAMEs.', (playlist) =>
    [...groups(playlist)].flatMap(([group, tags]) => {
      const names = tags.map(({ attributes }) => text(attributes, 'NAME'));
      return when(new Set(names).size < names.length, `group ${group} has names ${names.join(', ')}`);
    }),
  ),
  must('group-default', '§4.4.6.1.1', 'A Group MUST NOT have more than one DEFAULT=YES.', (playlist) =>
    [...groups(playlist)]
      .filter(([, tags]) => tags.filter(({ attributes }) => isYes(attributes, 'DEFAULT')).length > 1)
      .map(([group]) => `group ${group} has several`),
  ),
  must(
    'groups-alike',
    '§4.4.6.1.1',
    'Each Group of the same TYPE MUST have the same set of members with identical attributes.',
    unlikeGroups,
  ),
  must(
    'group-exists',
    '§4.4.6.2',
    'AUDIO, VIDEO, SUBTITLES and CLOSED-CAPTIONS MUST match the GROUP-ID of a tag of that TYPE.',
    danglingGroups,
  ),
  must('auto-select', '§4.4.6.1', 'AUTOSELECT MUST be YES if DEFAULT is YES.', ({ media }) =>
    media
      .filter(({ attributes }) => isYes(attributes, 'DEFAULT') && attributes.get('AUTOSELECT') === 'NO')
      .map(({ at }) => `line ${at}`),
  ),
  must(
    'media-uri',
    '§4.4.6.1, §4.4.6.2.1',
    'Captions MUST NOT have a URI and need INSTREAM-ID; subtitles need a URI.',
    ({ media }) => media.flatMap(badUri),
  ),
  must(
    'media-type-only',
    '§4.4.6.1',
    'BIT-DEPTH, SAMPLE-RATE and CHANNELS are for AUDIO alone, FORCED for SUBTITLES.',
    ({ media }) => media.flatMap(misfits),
  ),
  should('media-channels', '§4.4.6.1', 'All audio EXT-X-MEDIA tags SHOULD have CHANNELS.', ({ media }) =>
    media
      .filter((tag) => typeOf(tag) === 'AUDIO' && !tag.attributes.has('CHANNELS'))
      .map(({ at }) => `line ${at}`),
  ),
  must(
    'captions-none',
    '§4.4.6.2',
    'If CLOSED-CAPTIONS is NONE, all EXT-X-STREAM-INF tags MUST have it with a value of NONE.',
    ({ variants }) => {
      const none = variants.filter(({ attributes }) => attributes.get('CLOSED-CAPTIONS') === 'NONE');
      return when(none.length > 0 && none.length < variants.length, 'only some variants have NONE');
    },
  ),
  should('codecs', '§4.4.6.2', 'Every EXT-X-STREAM-INF tag SHOULD include CODECS.', ({ variants }) =>
    variants.filter(({ attributes }) => !attributes.has('CODECS')).map(({ at }) => `line ${at}`),
  ),
  must(
    'bandwidth-order',
    '§4.4.6.2',
    'BANDWIDTH is the peak of what AVERAGE-BANDWIDTH is the average of.',
    ({ variants, iFrames }) =>
      [...variants, ...iFrames]
        .filter(({ attributes }) => {
          const average = number(attributes, 'AVERAGE-BANDWIDTH') ?? 0;
          return average > (number(attributes, 'BANDWIDTH') ?? average);
        })
        .map(({ at }) => `line ${at}: the average is above the peak`),
  ),
  must(
    'pathway',
    '§4.4.6.6',
    'PATHWAY-ID of EXT-X-CONTENT-STEERING MUST be that of one or more Variant Streams.',
    ({ steering, variants }) => {
      const id = steering === null ? null : text(steering.attributes, 'PATHWAY-ID');
      const isKnown = variants.some(({ attributes }) => (text(attributes, 'PATHWAY-ID') ?? '.') === id);
      return when(id !== null && !isKnown, `no variant is on pathway ${id}`);
    },
  ),
];
