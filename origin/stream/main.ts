import type { Values } from '../../runtime/config.ts';
import { type Context, runNode } from '../../runtime/node.ts';
import { streamSettings } from './config.ts';
import { openFilm } from './film.ts';
import { flagsOf } from './flags.ts';
import { portOf, streamHls } from './hls.ts';
import { addressOf, streamRtp } from './rtp.ts';

/** Streams one film without a cluster, to its end. */
async function stream(settings: Values<typeof streamSettings>, context: Context): Promise<void> {
  const { film: file, protocol, to, container, loop: isLooped, encode: isEncoded, sdp } = settings;
  const showing = { file, isLooped, isEncoded };
  if (protocol === 'hls') await streamHls(showing, portOf(to), context);
  else {
    const output = addressOf(to, container);
    const film = await openFilm({ ...showing, isPaced: true });
    context.lifecycle.defer('film', film.stop);
    await streamRtp(film, { film: file, output, sdp }, context);
  }
  await context.lifecycle.close();
  process.exit();
}

process.argv.splice(2, Number.POSITIVE_INFINITY, ...flagsOf(process.argv.slice(2)));
await runNode('stream', streamSettings, stream);
