import { watchLive } from '../hls-rules/watch-live.ts';
import { atLeast, atMost } from './figures.ts';
import { BROKEN, type Result, type Run } from './run.ts';

/** Every rule is applied to every playlist: far more often than once a second. */
const JUDGED_PER_SECOND = 10;

/** The rules of HLS at the second edge, whose media is compared with that of the first. */
export async function checkRules({ nodes, seconds }: Run): Promise<Result> {
  const [peer = '', edge = ''] = nodes.edgeUrls;
  const { violations, judged } = await watchLive(`${edge}/v/${BROKEN}/index.m3u8`, seconds, peer);
  const broken = violations.filter(({ level }) => level === 'must').length;
  return {
    figures: [
      { what: 'HLS rules: violations', value: broken, unit: '', asked: atMost(0) },
      {
        what: 'HLS rules: warnings',
        value: violations.length - broken,
        unit: '',
        asked: { kind: 'told' },
      },
      {
        what: 'HLS rules: times applied',
        value: judged,
        unit: '',
        asked: atLeast(JUDGED_PER_SECOND * seconds),
      },
    ],
    details: violations,
  };
}
