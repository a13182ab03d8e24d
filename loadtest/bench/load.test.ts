import { expect, test } from 'bun:test';
import { parseWrk } from './load.ts';

const printed = (tail: string) => `Running 3s test @ http://127.0.0.1:19090/v/bench/index.m3u8
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   301.44us  112.95us   6.02ms   91.75%
    Req/Sec   105.44k     5.95k  112.90k    83.33%
${tail}Requests/sec: 104928.70
Transfer/sec:    251.51MB
`;

test.each([
  { tail: '  314851 requests in 3.00s, 755.03MB read\n', round: { requests: 314851, seconds: 3 } },
  { tail: '  12 requests in 500.00ms, 1.03MB read\n', round: { requests: 12, seconds: 0.5 } },
  { tail: '  9 requests in 1.50m, 1.03MB read\n', round: { requests: 9, seconds: 90 } },
  { tail: '  9 requests in 3.00s, 1.03MB read\n  Non-2xx or 3xx responses: 9\n', round: null },
  {
    tail: '  9 requests in 3.00s, 1.03MB read\n  Socket errors: connect 0, read 1, write 0, timeout 0\n',
    round: null,
  },
  { tail: '', round: null },
])('$tail', ({ tail, round }) => expect(parseWrk(printed(tail))).toEqual(round));
