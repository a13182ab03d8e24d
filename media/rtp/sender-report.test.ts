import { expect, test } from 'bun:test';
import { readControl } from './rtcp.ts';
import { ntpTime, printSenderReport } from './sender-report.ts';

/** 2036-02-07T06:28:16Z, where 32 bits of seconds since 1900 start again. */
const ERA = Date.UTC(2036, 1, 7, 6, 28, 16);

test.each<[string, number, readonly [number, number]]>([
  ['1970', 0, [2_208_988_800, 0]],
  ['half a second later', 500, [2_208_988_800, 2 ** 31]],
  ['the last tick before a second', 999.999_999_9, [2_208_988_800, 4_294_967_295]],
  ['a time in 2026', Date.UTC(2026, 10, 20, 16, 30, 0, 250), [4_004_181_000, 2 ** 30]],
  ['the end of the first era', ERA - 1, [2 ** 32 - 1, Math.floor(0.999 * 2 ** 32)]],
  ['the start of the second', ERA, [0, 0]],
])('NTP at %s', (_, wallMs, time) => {
  const [seconds, fraction] = ntpTime(wallMs);
  expect(seconds).toBe(time[0]);
  expect(Math.abs(fraction - time[1])).toBeLessThanOrEqual(1);
});

test('a report is read as it was printed', () => {
  const wallMs = Date.UTC(2026, 10, 20, 16, 30, 0, 250);
  const report = { ssrc: 0xffff_fffe, wallMs, timestamp: 0xffff_ffff, packets: 2 ** 32 + 1, octets: 5 };
  const bytes = printSenderReport(report);
  expect(readControl(bytes)).toEqual([
    {
      ...{ kind: 'report', ssrc: 0xffff_fffe, timestamp: 0xffff_ffff },
      ...{
        senderMs: wallMs + 2_208_988_800_000,
        shortTime: ((4_004_181_000 & 0xffff) * 2 ** 16 + 2 ** 14) >>> 0,
      },
    },
  ]);
  expect([...bytes.subarray(20)]).toEqual([0, 0, 0, 1, 0, 0, 0, 5]);
});
