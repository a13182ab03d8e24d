import { expect, test } from 'bun:test';
import { Metrics } from './metrics.ts';

test('figures are read at each scrape, as counters or gauges by their names', async () => {
  const metrics = new Metrics();
  const counts = { requests: 1, viewers: 2.5 };
  metrics.add('test_requests_total', 'Requests', () => counts.requests);
  metrics.add('test_viewers', 'Viewers now', () => counts.viewers);
  const first = await metrics.respond();
  expect(first.headers.get('Content-Type')).toStartWith('text/plain');
  const text = await first.text();
  expect(text).toContain(
    '# HELP test_requests_total Requests\n# TYPE test_requests_total counter\ntest_requests_total 1\n',
  );
  expect(text).toContain('# TYPE test_viewers gauge\ntest_viewers 2.5\n');
  counts.requests = 7;
  counts.viewers = 0;
  const next = await (await metrics.respond()).text();
  expect(next).toContain('\ntest_requests_total 7\n');
  expect(next).toContain('\ntest_viewers 0\n');
});

test('every node says how much memory it holds and how long it has run', async () => {
  const text = await (await new Metrics().respond()).text();
  expect(text).toMatch(/\nheadwater_process_resident_bytes [1-9]\d+\n/);
  expect(text).toMatch(/\nheadwater_process_uptime_seconds \d/);
});
