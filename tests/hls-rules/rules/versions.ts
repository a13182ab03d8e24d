import { type Check, must, should, when } from '../check.ts';
import { text } from '../playlist/attributes.ts';
import { tagsNamed } from '../playlist/lines.ts';
import type { MediaPlaylist } from '../playlist/media-playlist.ts';
import type { MultivariantPlaylist } from '../playlist/multivariant-playlist.ts';

type Need = readonly [version: number, feature: string];

/** The version that each feature of a media playlist asks for (§8). */
function needsOf(playlist: MediaPlaylist): readonly Need[] {
  const { lines, iFramesOnly } = playlist;
  const keys = tagsNamed(lines, 'EXT-X-KEY');
  const has = (name: string) => tagsNamed(lines, name).length > 0;
  const skip = tagsNamed(lines, 'EXT-X-SKIP')[0];
  const needs: readonly (readonly [boolean, number, string])[] = [
    [keys.some(({ attributes }) => attributes.has('IV')), 2, 'IV'],
    [tagsNamed(lines, 'EXTINF').some(({ value }) => /^[0-9]+\./.test(value)), 3, 'a fractional EXTINF'],
    [has('EXT-X-BYTERANGE') || iFramesOnly, 4, 'EXT-X-BYTERANGE or EXT-X-I-FRAMES-ONLY'],
    [keys.some(isVersion5), 5, 'KEYFORMAT or SAMPLE-AES'],
    [has('EXT-X-MAP'), iFramesOnly ? 5 : 6, 'EXT-X-MAP'],
    [skip !== undefined, 9, 'EXT-X-SKIP'],
    [skip?.attributes.has('RECENTLY-REMOVED-DATERANGES') === true, 10, 'EXT-X-SKIP of date ranges'],
  ];
  return needs.filter(([isUsed]) => isUsed).map(([, version, feature]) => [version, feature]);
}

const isVersion5 = ({ attributes }: { readonly attributes: ReadonlyMap<string, string> }) =>
  attributes.has('KEYFORMAT') ||
  attributes.has('KEYFORMATVERSIONS') ||
  text(attributes, 'METHOD')?.startsWith('SAMPLE-AES') === true;

/** "… of the Playlist file, its associated media, and its server" (§4.4.1.2): a server that skips says so. */
function serverVersion({ control }: MediaPlaylist): number {
  if (control?.canSkipUntil == null) return 1;
  return control.canSkipDateRanges ? 10 : 9;
}

export const MEDIA_VERSIONS: readonly Check<MediaPlaylist>[] = [
  must(
    'version',
    '§8',
    'A playlist MUST indicate the version that its tags and attributes ask for.',
    (playlist) =>
      needsOf(playlist)
        .filter(([version]) => playlist.version < version)
        .map(([version, feature]) => `${feature} needs version ${version}, not ${playlist.version}`),
  ),
  should(
    'version-needless',
    '§6.2.1',
    'EXT-X-VERSION SHOULD NOT be greater than what the tags and attributes require.',
    (playlist) => {
      const enough = Math.max(serverVersion(playlist), ...needsOf(playlist).map(([version]) => version));
      return when(playlist.version > enough, `version ${playlist.version}, where ${enough} is enough`);
    },
  ),
];

/** §8, for what a multivariant playlist may contain. */
export const MULTIVARIANT_VERSIONS: readonly Check<MultivariantPlaylist>[] = [
  must(
    'multivariant-version',
    '§8',
    'A multivariant playlist MUST indicate the version that its attributes ask for.',
    ({ version, media, variants, iFrames }) => {
      const ids = media.filter(({ attributes }) => attributes.has('INSTREAM-ID'));
      const isService = ids.some(({ attributes }) => text(attributes, 'INSTREAM-ID')?.startsWith('SERVICE'));
      const isRequired = [...variants, ...iFrames].some(({ attributes }) =>
        [...attributes.keys()].some((name) => name.startsWith('REQ-')),
      );
      const isInMedia = ids.some(({ attributes }) => text(attributes, 'TYPE') !== 'CLOSED-CAPTIONS');
      return [
        ...when(isService && version < 7, `INSTREAM-ID of a SERVICE needs version 7, not ${version}`),
        ...when(isRequired && version < 12, `a REQ- attribute needs version 12, not ${version}`),
        ...when(isInMedia && version < 13, `INSTREAM-ID of media needs version 13, not ${version}`),
      ];
    },
  ),
];
