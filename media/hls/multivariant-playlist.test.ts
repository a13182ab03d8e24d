import { describe, expect, test } from 'bun:test';
import {
  type AudioRendition,
  renderMultivariantPlaylist,
  type VideoRendition,
} from './multivariant-playlist.ts';

const HEAD = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
`;

const video = (change: Partial<VideoRendition> = {}): VideoRendition => ({
  id: 'v720',
  codec: 'avc1.64001f',
  width: 1280,
  height: 720,
  frameRate: 30_000 / 1001,
  bitRate: { peak: 2_500_000, average: 2_000_000 },
  keyFrameBitRate: null,
  ...change,
});

const audio = (change: Partial<AudioRendition> = {}): AudioRendition => ({
  id: 'a128',
  codec: 'mp4a.40.2',
  channels: 2,
  language: 'und',
  bitRate: { peak: 130_000, average: 128_000 },
  ...change,
});

const small = video({
  id: 'v240',
  width: 426,
  height: 240,
  frameRate: 24,
  bitRate: { peak: 400_001, average: 300_001 },
});
const surround = audio({
  id: 'a384',
  codec: 'ec-3',
  channels: 6,
  language: 'de',
  bitRate: { peak: 400_000, average: 384_000 },
});

const GOLDEN: readonly (readonly [string, readonly VideoRendition[], readonly AudioRendition[], string])[] = [
  [
    'a ladder with one audio track: each variant bears its weight',
    [video(), small],
    [audio()],
    `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="a128",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a128/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2630000,AVERAGE-BANDWIDTH=2128000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio"
v720/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=530001,AVERAGE-BANDWIDTH=428001,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=426x240,FRAME-RATE=24.000,AUDIO="audio"
v240/index.m3u8
`,
  ],
  [
    'two audio tracks: the first is the default, the heaviest counts',
    [video()],
    [audio({ language: 'en' }), surround],
    `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="en",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a128/index.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="de",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="6",URI="a384/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2900000,AVERAGE-BANDWIDTH=2384000,CODECS="avc1.64001f,mp4a.40.2,ec-3",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio"
v720/index.m3u8
`,
  ],
  [
    'two audio tracks of one codec: it is named once',
    [video()],
    [audio(), audio({ id: 'a64' })],
    `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="a128",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a128/index.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="a64",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="a64/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2630000,AVERAGE-BANDWIDTH=2128000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio"
v720/index.m3u8
`,
  ],
  [
    'pictures alone',
    [video()],
    [],
    `#EXT-X-STREAM-INF:BANDWIDTH=2500000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.64001f",RESOLUTION=1280x720,FRAME-RATE=29.970
v720/index.m3u8
`,
  ],
  [
    'sound alone: each track is a variant',
    [],
    [audio(), surround],
    `#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2"
a128/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=400000,AVERAGE-BANDWIDTH=384000,CODECS="ec-3"
a384/index.m3u8
`,
  ],
  ['nothing', [], [], ''],
];

describe('the multivariant playlist of', () => {
  test.each(GOLDEN)('%s', (_, videos, audios, golden) => {
    expect(renderMultivariantPlaylist(videos, audios)).toBe(HEAD + golden);
  });

  test('a language with a quote and a line break stays one line', () => {
    const text = renderMultivariantPlaylist([video()], [audio({ language: 'x"\n#EXT-X-ENDLIST' })]);
    expect(text).toContain('LANGUAGE="x#EXT-X-ENDLIST"');
    expect(text.split('\n')).not.toContain('#EXT-X-ENDLIST');
  });
});
