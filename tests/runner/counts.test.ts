import { expect, test } from 'bun:test';
import { countTests, failuresIn, print } from './counts.ts';

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="5" assertions="1" failures="1" skipped="2" time="0.03">
  <testsuite name="wire/a.test.ts" file="wire/a.test.ts" tests="5" failures="1" skipped="2" time="0.02">
    <testcase name="ok" classname="" time="0.000006" file="wire/a.test.ts" line="2" assertions="0" />
    <testcase name="a &lt; b" classname="" time="0.009" file="wire/a.test.ts" line="2" assertions="1">
      <failure type="AssertionError" message="no">no</failure>
    </testcase>
  </testsuite>
</testsuites>`;

const GREEN = REPORT.replaceAll('failures="1"', 'failures="0"').replace(/<failure.*/, '');

const CONSOLE = '(pass) one [1.00ms]\n\u001b[0m\u001b[32m(pass)\u001b[0m two\n(skip) three\n(fail) four\n';

test.each([
  ['failures and skips', { report: REPORT, status: 1 }, '2 passed, 1 failed, 2 skipped'],
  ['all green', { report: GREEN, status: 0 }, '3 passed, 0 failed, 2 skipped'],
  ['a failure that no test admits to', { report: GREEN, status: 1 }, '3 passed, 1 failed, 2 skipped'],
  ['Bun killed', { report: GREEN, status: null }, '3 passed, 1 failed, 2 skipped'],
  [
    'a file that did not load',
    { report: GREEN, status: 1, files: ['b.test.ts'] },
    '3 passed, 1 failed, 2 skipped',
  ],
  ['no report', { report: null, status: 139, output: CONSOLE }, '2 passed, 2 failed, 1 skipped'],
  ['nothing at all', { report: null, status: 0 }, '0 passed, 1 failed'],
])('counts %s', (_, traces, counts) => {
  const all = { files: ['wire/a.test.ts'], output: '', ...traces };
  expect(print(countTests(all))).toBe(counts);
});

test('names the tests that failed', () => {
  expect(failuresIn(REPORT)).toEqual(['wire/a.test.ts: a < b']);
});
