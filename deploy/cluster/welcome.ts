import { join, relative } from 'node:path';
import type { Secrets } from '../../runtime/secrets.ts';
import { CHANNEL, FILM } from './programme.ts';
import type { ClusterSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

/** Says where to look, and shows secrets once: `fresh` are those made by this start. */
export function welcome(terminal: Terminal, settings: ClusterSettings, fresh: Secrets | null): void {
  const rows = [...addresses(settings), ...secretRows(settings, fresh)];
  const width = Math.max(...rows.map(([name]) => name.length));
  terminal.line('');
  terminal.line(terminal.style('bold', '  Headwater is running; Ctrl-C ends it'));
  terminal.line('');
  for (const [name, value] of rows) terminal.line(`  ${terminal.style('dim', name.padEnd(width))}  ${value}`);
  terminal.line('');
}

type Row = readonly [name: string, value: string];

function addresses(settings: ClusterSettings): readonly Row[] {
  const coordinator = `http://localhost:${settings.coordinatorPort}`;
  return [
    ['viewer page', `${coordinator}/`],
    ['portal', `${coordinator}/admin`],
    ['API', `${coordinator}/api/v1`],
    ['film', `${coordinator}/play/${FILM}.m3u8`],
    ['live channel', `${coordinator}/play/${CHANNEL}.m3u8`],
    ...players(settings),
    ...publishing(settings),
    ['edges', edgePorts(settings)],
    ['logs', shown(join(settings.data, 'logs'))],
  ];
}

/** For VLC, ffplay and set-top boxes. */
function players({ rtspPort }: ClusterSettings): readonly Row[] {
  if (rtspPort === null) return [];
  return [FILM, CHANNEL].map((id, index) => [
    index === 0 ? 'RTSP' : '',
    `rtsp://localhost:${rtspPort}/${id}`,
  ]);
}

/** Where media is sent to; a channel and its key are made with the API. */
function publishing({ rtmpPort, srtPort, rtspPort }: ClusterSettings): readonly Row[] {
  const rtmp = rtmpPort === null ? [] : [`rtmp://localhost:${rtmpPort}/live/<id>?key=<key>`];
  const srt = srtPort === null ? [] : [`srt://localhost:${srtPort}?streamid=publish:<id>:<key>`];
  const rtsp = rtspPort === null ? [] : [`rtsp://localhost:${rtspPort}/<id>?key=<key>`];
  return [...rtmp, ...srt, ...rtsp].map((url, index) => [index === 0 ? 'publish to' : '', url]);
}

function secretRows({ data }: ClusterSettings, fresh: Secrets | null): readonly Row[] {
  if (!fresh) return [];
  return [
    ['admin token', fresh.adminToken],
    ['token keys', fresh.tokenKeys.join(',')],
    ['', `shown this once, kept in ${shown(join(data, 'secrets.json'))}`],
  ];
}

function edgePorts({ edges, edgePort }: ClusterSettings): string {
  const last = edgePort + edges - 1;
  return edges === 1 ? `port ${edgePort}` : `ports ${edgePort} to ${last}`;
}

/** Short where that is possible. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
