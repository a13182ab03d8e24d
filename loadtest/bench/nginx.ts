import { join } from 'node:path';
import { writeWhole } from '../../runtime/files.ts';
import { childrenOf } from './cpu.ts';
import type { Surroundings } from './nodes.ts';
import { freePort, type Server, serve } from './server.ts';

/** What is served under a path, as it was answered by the edge. */
export type Page = { readonly path: string; readonly headers: Headers; readonly bytes: Uint8Array };

/** Headers that make an answer what it is; the rest (Date, ETag, Content-Length) each server has its own way with. */
const COPIED = ['Cache-Control', 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers'];

/** nginx with one worker, as its own guides would have it for files; `pid` is the worker's. */
export async function startNginx(
  { folder, core, lifecycle }: Surroundings,
  pages: readonly Page[],
): Promise<Server> {
  const port = await freePort();
  const root = join(folder, 'www');
  for (const { path, bytes } of pages) await writeWhole(join(root, path), bytes);
  const config = join(folder, 'nginx.conf');
  await writeWhole(config, configure(folder, port, pages));
  const server = await serve({
    command: 'nginx',
    args: ['-p', folder, '-c', config, '-e', 'stderr'],
    core,
    url: `http://127.0.0.1:${port}`,
    probe: pages[0]?.path ?? '/',
  });
  lifecycle.defer('nginx', server.stop);
  const [worker] = await childrenOf(server.pid);
  return { ...server, pid: worker ?? server.pid };
}

const configure = (folder: string, port: number, pages: readonly Page[]) => `
daemon off;
pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 8192;
events { worker_connections 4096; multi_accept on; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 65;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=10m;
  open_file_cache_valid 10m;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    root ${folder}/www;
${pages.map(location).join('')}  }
}
`;

const location = ({ path, headers }: Page) => `    location = ${path} {
      types { }
      default_type ${headers.get('Content-Type')};
${COPIED.map((name) => `      add_header ${name} "${headers.get(name)}";\n`).join('')}    }
`;
