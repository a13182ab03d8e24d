import { writeChunk } from '../../../media/isobmff/chunk.ts';
import { writeInit } from '../../../media/isobmff/init.ts';
import { box } from '../../../media/isobmff/writer.ts';
import { concat } from '../client/ask.ts';

/** What the server does wrong. */
export type Fault =
  | 'has no fault'
  | 'answers at once'
  | 'does not hold hints'
  | 'forgets the hint in delta updates';

const PART_MS = 200;
const PARTS = 5;
const WINDOW_SEGMENTS = 10;
const PARTED_SEGMENTS = 3;
/** Segments that are outside the skip boundary of 6 s are skipped, but for the one that crosses it. */
const SKIPPED = WINDOW_SEGMENTS - 7;
const START_MS = Date.UTC(2026, 0, 1);
const RENDITIONS = ['v1', 'v2'];

const MULTIVARIANT = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS="avc1.42c01e"
v1/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2000,CODECS="avc1.42c01e"
v2/index.m3u8
`;

const INIT = writeInit({
  kind: 'video',
  timescale: 1_000,
  mediaTime: 0,
  sampleEntry: box('avc1'),
  width: 16,
  height: 16,
  language: 'und',
});

function chunk(number: number, index: number): Uint8Array<ArrayBuffer> {
  const time = (number * PARTS + index) * PART_MS;
  const data = new Uint8Array(8).fill(index);
  const sample = { dts: time, compositionOffset: 0, duration: PART_MS, sync: index === 0, data };
  return writeChunk({ sequence: number * PARTS + index, time, samples: [sample], opensSegment: index === 0 });
}

const part = (number: number, index: number) =>
  `#EXT-X-PART:DURATION=0.2,URI="${number}.${index}.m4s"${index === 0 ? ',INDEPENDENT=YES' : ''}`;

const parts = (number: number, count: number) =>
  Array.from({ length: count }, (_, index) => part(number, index));

/** The playlist when `made` parts have been made since the start. */
function playlist(rendition: string, made: number, skips: boolean, fault: Fault): string {
  const [next, open] = [Math.floor(made / PARTS), made % PARTS];
  const first = next - WINDOW_SEGMENTS;
  const from = skips ? first + SKIPPED : first;
  const segments = Array.from({ length: next - from }, (_, index) => from + index).flatMap((number) => [
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(START_MS + number * PARTS * PART_MS).toISOString()}`,
    ...(number >= next - PARTED_SEGMENTS ? parts(number, PARTS) : []),
    '#EXTINF:1.0,',
    `${number}.m4s`,
  ]);
  const hasHint = !(skips && fault === 'forgets the hint in delta updates');
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    '#EXT-X-TARGETDURATION:1',
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,PART-HOLD-BACK=0.6',
    '#EXT-X-PART-INF:PART-TARGET=0.2',
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    ...(skips ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${SKIPPED}`] : ['#EXT-X-MAP:URI="init.mp4"']),
    ...segments,
    ...parts(next, open),
    ...(hasHint ? [`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${next}.${open}.m4s"`] : []),
    ...RENDITIONS.filter((other) => other !== rendition).map(
      (other) =>
        `#EXT-X-RENDITION-REPORT:URI="../${other}/index.m3u8",LAST-MSN=${open === 0 ? next - 1 : next},LAST-PART=${(open || PARTS) - 1}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const CORS = { 'Access-Control-Allow-Origin': '*' };

const text = (body: string, maxAge: number) =>
  new Response(body, {
    headers: {
      ...CORS,
      'Content-Type': 'application/vnd.apple.mpegurl',
      'Cache-Control': `max-age=${maxAge}`,
      'Content-Encoding': 'identity',
    },
  });

const media = (bytes: Uint8Array<ArrayBuffer>) =>
  new Response(bytes, {
    headers: { ...CORS, 'Content-Type': 'video/mp4', 'Cache-Control': 'max-age=31536000, immutable' },
  });

const refuse = (status: number) => new Response(null, { status, headers: CORS });

/** A low-latency server of two renditions, in memory: what it makes is as old as the time is. */
export function startLiveServer(fault: Fault): { readonly url: string; readonly stop: () => Promise<void> } {
  const startedAt = performance.now() - PART_MS * PARTS * (WINDOW_SEGMENTS + 2);
  const made = () => Math.floor((performance.now() - startedAt) / PART_MS);
  const reached = (count: number) =>
    new Promise((resolve) => {
      setTimeout(resolve, Math.max(0, startedAt + count * PART_MS - performance.now() + 1));
    });

  async function ofPlaylist(rendition: string, { searchParams }: URL): Promise<Response> {
    const [msn, index] = ['_HLS_msn', '_HLS_part'].map((name) => searchParams.get(name));
    const skips = searchParams.get('_HLS_skip') === 'YES';
    if (msn == null) return index == null ? text(playlist(rendition, made(), skips, fault), 0) : refuse(400);
    const wanted = index == null ? (Number(msn) + 1) * PARTS : Number(msn) * PARTS + Number(index) + 1;
    if (wanted > made() + 2 * PARTS + 1) return refuse(400);
    if (fault !== 'answers at once') await reached(wanted);
    return text(playlist(rendition, made(), skips, fault), 6);
  }

  async function ofMedia(name: string): Promise<Response> {
    if (name === 'init.mp4') return media(INIT);
    const match = /^(\d+)(?:\.(\d))?\.m4s$/.exec(name);
    if (match === null) return refuse(404);
    const number = Number(match[1]);
    const index = match[2] === undefined ? null : Number(match[2]);
    const count = number * PARTS + (index ?? PARTS - 1) + 1;
    if (count > made() + 1 || (count > made() && fault === 'does not hold hints')) return refuse(404);
    await reached(count);
    if (index !== null) return media(chunk(number, index));
    return media(new Uint8Array(concat(Array.from({ length: PARTS }, (_, each) => chunk(number, each)))));
  }

  const server = Bun.serve({
    port: 0,
    fetch(request) {
      const url = new URL(request.url);
      const [, rendition = '', name = '', ...rest] = url.pathname.split('/');
      if (rendition === 'index.m3u8') return text(MULTIVARIANT, 60);
      if (!RENDITIONS.includes(rendition) || rest.length > 0) return refuse(404);
      return name === 'index.m3u8' ? ofPlaylist(rendition, url) : ofMedia(name);
    },
  });
  return { url: new URL('/index.m3u8', server.url).href, stop: () => server.stop(true) };
}
