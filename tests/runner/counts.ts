import { stripVTControlCharacters } from 'node:util';

/** How tests ended. */
export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };
export const PASSED: Counts = { ...NONE, passed: 1 };
export const FAILED: Counts = { ...NONE, failed: 1 };

export const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

export const print = ({ passed, failed, skipped }: Counts) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** What `bun test` left behind. */
export type Traces = {
  /** The files it was given. */
  readonly files: readonly string[];
  /** Its JUnit report; null when it ended before it wrote one. */
  readonly report: string | null;
  readonly output: string;
  readonly status: number | null;
};

/** True counts even when a file does not load, or when Bun itself ends before its time: each is a failure. */
export function countTests(traces: Traces): Counts {
  const counts = traces.report === null ? fromOutput(traces.output) : fromReport(traces.report, traces.files);
  const unexplained = traces.status !== 0 && counts.failed === 0;
  return unexplained ? add(counts, FAILED) : counts;
}

function fromReport(report: string, files: readonly string[]): Counts {
  const totals = /<testsuites\b[^>]*>/.exec(report)?.[0] ?? '';
  const of = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(totals)?.[1] ?? 0);
  const seen = new Set([...report.matchAll(/<testsuite\b[^>]*\bfile="([^"]*)"/g)].map((match) => match[1]));
  const silent = files.filter((file) => !seen.has(file)).length;
  const [failed, skipped] = [of('failures'), of('skipped')];
  return { passed: of('tests') - failed - skipped, failed: failed + silent, skipped };
}

function fromOutput(output: string): Counts {
  const lines = stripVTControlCharacters(output).split('\n');
  const of = (...marks: string[]) =>
    lines.filter((line) => marks.some((mark) => line.startsWith(mark))).length;
  return {
    passed: of('(pass) ', '✓ '),
    failed: of('(fail) ', '✗ ') + 1,
    skipped: of('(skip) ', '(todo) ', '» '),
  };
}

/** The tests that failed, as `file: name`. */
export function failuresIn(report: string): readonly string[] {
  const cases = [...report.matchAll(/<testcase\b([^>]*)>\s*<failure\b/g)].map((match) => match[1] ?? '');
  return cases.map((attributes) => `${attribute(attributes, 'file')}: ${attribute(attributes, 'name')}`);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

const attribute = (text: string, name: string) =>
  (new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '').replace(
    /&(\w+);/g,
    (whole, entity: string) => ENTITIES[entity] ?? whole,
  );
