import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../runtime/files.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { find } from '../../runtime/process.ts';
import { childrenOf } from './cpu.ts';
import { type Contender, listedIn, playableAfter } from './publishers.ts';
import { freePort, serve } from './server.ts';

/** Where Debian puts it. */
const MODULE = '/usr/lib/nginx/modules/ngx_rtmp_module.so';

/** nginx with one worker that takes RTMP and writes HLS of what comes; null where it has no such module. */
export async function startNginxRtmp(
  parent: string,
  clip: string,
  lifecycle: Lifecycle,
): Promise<Contender | null> {
  if (find('nginx') === null || !existsSync(MODULE)) return null;
  const folder = join(parent, 'nginx');
  await mkdir(join(folder, 'hls'), { recursive: true });
  const [port, rtmpPort] = [await freePort(), await freePort()];
  const config = join(folder, 'nginx.conf');
  await writeWhole(config, configure(folder, port, rtmpPort));
  const url = `http://127.0.0.1:${port}`;
  const args = ['-p', folder, '-c', config, '-e', 'stderr'];
  const server = await serve({ command: 'nginx', args, url, probe: '/healthz' });
  lifecycle.defer('nginx', server.stop);
  const [worker] = await childrenOf(server.pid);
  const playlist = (id: string) => `${url}/hls/${id}.m3u8`;
  return {
    name: 'nginx',
    pid: worker ?? server.pid,
    publish: (id) =>
      playableAfter(playlist(id), clip, ['-f', 'flv', `rtmp://127.0.0.1:${rtmpPort}/live/${id}`], lifecycle),
    listed: async (id) => listedIn(await (await fetch(playlist(id))).text()),
  };
}

const configure = (folder: string, port: number, rtmpPort: number) => `
load_module ${MODULE};
daemon off;
pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
events { worker_connections 1024; }
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:${rtmpPort};
    application live {
      live on;
      hls on;
      hls_path ${folder}/hls;
      hls_fragment 2s;
      hls_playlist_length 4000s;
    }
  }
}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    root ${folder};
    location = /healthz { return 200; }
  }
}
`;
