import { parseArgs } from 'node:util';
import { checkVod } from './check-vod.ts';
import { Findings } from './client/findings.ts';
import { loadMedia, loadMultivariant } from './client/load.ts';
import { print } from './print.ts';
import { watchLive } from './watch-live.ts';

const USAGE = 'check:hls <URL of a multivariant playlist> [--seconds 60] [--peer <URL of another edge>]';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '60' }, peer: { type: 'string' } },
});
const [url] = positionals;
const seconds = Number(values.seconds);

if (url === undefined || !URL.canParse(url) || !(seconds > 0)) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const outcome = (await isLive(url))
    ? await watchLive(url, seconds, values.peer ?? null)
    : await checkVod(url, values.peer ?? null);
  process.stdout.write(print(outcome));
  process.exitCode = outcome.violations.some(({ level }) => level === 'must') ? 1 : 0;
}

async function isLive(address: string): Promise<boolean> {
  const ignored = new Findings();
  const { renditions } = await loadMultivariant(address, ignored);
  const first = renditions[0];
  return first !== undefined && !(await loadMedia(first.url, ignored)).playlist.ended;
}
