import { sleep } from 'k6';
import type { Options } from 'k6/options';
import { parseSeconds } from './player/seconds.ts';
import { watch } from './player/viewer.ts';

/*
 * A handful of viewers who watch as HLS players do: it says whether a cluster works, not how much it takes.
 * BASE is the coordinator, PRESENTATION what is watched, by VIEWERS at a time, for DURATION each.
 */
const base = (__ENV.BASE ?? 'http://localhost:8080').replace(/\/+$/, '');
const presentation = __ENV.PRESENTATION ?? 'demo-live';
const viewers = Number(__ENV.VIEWERS ?? 5);
const seconds = parseSeconds(__ENV.DURATION ?? '30s');

if (seconds === null) throw new Error(`DURATION is '${__ENV.DURATION}': set it to a time such as 30s or 2m`);
if (!(viewers >= 1)) throw new Error(`VIEWERS is '${__ENV.VIEWERS}': set it to a number of 1 or more`);

/** Viewers come one after another within this time, as they do in life. */
const ARRIVAL_SECONDS = 2;

/** What a session may take beyond its duration: arriving, and the requests at its start. */
const GRACE_SECONDS = 30;

export const options: Options = {
  scenarios: {
    viewers: {
      executor: 'per-vu-iterations',
      vus: viewers,
      iterations: 1,
      maxDuration: `${Math.ceil(seconds + GRACE_SECONDS)}s`,
    },
  },
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate==0'],
    headwater_sessions: [`count==${viewers}`],
    headwater_redirects_per_session: ['min==1', 'max==1'],
    headwater_startup_time: ['p(95)<3000'],
    headwater_segment_time: ['p(95)<2000'],
    headwater_stalled_share: ['avg<0.01'],
  },
};

export default function (): void {
  sleep(Math.random() * ARRIVAL_SECONDS);
  watch({ playUrl: `${base}/play/${presentation}.m3u8`, seconds: seconds ?? 0 });
}
