import { run } from '../runtime/process.ts';

/** ffmpeg's inputs, in real time: a picture that turns white for 0.2 s of each second, while a tone is heard. */
export const FLASHES = [
  ...['-re', '-f', 'lavfi', '-i'],
  'color=c=black:s=320x180:r=30,drawbox=w=iw:h=ih:color=white:t=fill:enable=lt(mod(t\\,1)\\,0.2)',
  ...[
    '-re',
    '-f',
    'lavfi',
    '-i',
    'aevalsrc=if(lt(mod(t\\,1)\\,0.2)\\,sin(2*PI*1000*t)\\,0):s=48000:c=stereo',
  ],
] as const;

/** How much later each tone begins than the flash that belongs to it, in seconds. */
export async function offsetsOf(file: string): Promise<readonly number[]> {
  const picture = 'select=gt(scene\\,0),signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-';
  const args = ['-nostdin', '-v', 'error', '-i', file];
  const seen = await run('ffmpeg', [
    ...args,
    '-vf',
    picture,
    '-an',
    '-fps_mode',
    'passthrough',
    '-f',
    'null',
    '-',
  ]);
  const heard = await run('ffmpeg', [
    ...args,
    ...['-af', 'silencedetect=noise=-30dB:d=0.3,ametadata=print:key=lavfi.silence_end:file=-'],
    ...['-vn', '-f', 'null', '-'],
  ]);
  const flashes = onsets(seen.output.toString());
  const tones = [...heard.output.toString().matchAll(/silence_end=([\d.]+)/g)].map(([, at]) => Number(at));
  return tones.flatMap((tone) => {
    const nearest = flashes.toSorted((a, b) => Math.abs(a - tone) - Math.abs(b - tone))[0];
    return nearest === undefined || Math.abs(nearest - tone) > 0.5 ? [] : [tone - nearest];
  });
}

/** Times at which the picture turns white. */
function onsets(metadata: string): readonly number[] {
  const levels = [...metadata.matchAll(/pts_time:([\d.]+)\s+lavfi\.signalstats\.YAVG=([\d.]+)/g)].map(
    ([, at, level]) => ({ at: Number(at), isWhite: Number(level) > 128 }),
  );
  return levels.flatMap(({ at, isWhite }, index) =>
    isWhite && index > 0 && levels[index - 1]?.isWhite === false ? [at] : [],
  );
}
