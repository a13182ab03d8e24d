import type { MultivariantPlaylist } from '../playlist/multivariant-playlist.ts';
import { MULTIVARIANT, multivariant, swap } from './playlists.ts';

const changed = (from: string, to: string) => multivariant(swap(MULTIVARIANT, from, to));

const STREAM = '#EXT-X-STREAM-INF:';
const AUDIO = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",';
const CAPTIONS = '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="en"';
const tag = (line: string) => changed(STREAM, `${line}\n${STREAM}`);
const VARIANT = '#EXT-X-STREAM-INF:BANDWIDTH=2000000,CODECS="avc1.42c01e,mp4a.40.2",AUDIO="audio"';

export const GOOD_MULTIVARIANTS: readonly MultivariantPlaylist[] = [
  multivariant(MULTIVARIANT),
  tag('#EXT-X-CONTENT-STEERING:SERVER-URI="/steering/x",PATHWAY-ID="."'),
  tag('#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,CODECS="avc1.42c01e",URI="v1/i-frames.m3u8"'),
  tag(`${CAPTIONS},INSTREAM-ID="CC1"`),
];

/** For each rule on the multivariant playlist, one that breaks it and no other. */
export const BROKEN_MULTIVARIANTS: Readonly<Record<string, MultivariantPlaylist>> = {
  'group-names': tag(`${AUDIO}NAME="en",LANGUAGE="fr",CHANNELS="2",URI="a2/index.m3u8"`),
  'group-default': tag(`${AUDIO}NAME="fr",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a2/index.m3u8"`),
  'groups-alike': tag('#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="other",NAME="fr",CHANNELS="2",URI="a2/index.m3u8"'),
  'group-exists': changed('AUDIO="audio"', 'AUDIO="sound"'),
  'auto-select': changed('AUTOSELECT=YES', 'AUTOSELECT=NO'),
  'media-uri': tag(CAPTIONS),
  'media-type-only': tag(`${CAPTIONS},INSTREAM-ID="CC1",FORCED=NO`),
  'media-channels': changed(',CHANNELS="2"', ''),
  'captions-none': multivariant(`${MULTIVARIANT}${VARIANT},CLOSED-CAPTIONS=NONE\nv2/index.m3u8\n`),
  codecs: changed('CODECS="avc1.42c01e,mp4a.40.2",', ''),
  'bandwidth-order': changed('AVERAGE-BANDWIDTH=900000', 'AVERAGE-BANDWIDTH=1100000'),
  pathway: tag('#EXT-X-CONTENT-STEERING:SERVER-URI="/steering/x",PATHWAY-ID="edge-9"'),
  'multivariant-version': tag(`${CAPTIONS},INSTREAM-ID="SERVICE1"`),
};
