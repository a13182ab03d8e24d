import { describe, expect, test } from 'bun:test';
import { type Check, judge } from './check.ts';
import * as answers from './examples/broken-answers.ts';
import { BROKEN_MEDIA, GOOD_MEDIA } from './examples/broken-media.ts';
import { BROKEN_MULTIVARIANTS, GOOD_MULTIVARIANTS } from './examples/broken-multivariants.ts';
import { BROKEN_PLAYLISTS, GOOD_PLAYLISTS } from './examples/broken-playlists.ts';
import * as presentations from './examples/broken-presentations.ts';
import * as updates from './examples/broken-updates.ts';
import { allChecks, REGISTRY } from './registry.ts';
import { SYNTAX } from './rules/syntax.ts';

type Control = {
  readonly ids: readonly string[];
  readonly good: readonly (readonly string[])[];
  readonly broken: Readonly<Record<string, readonly string[]>>;
};

/** The rules of one kind, with what they find in good and in broken examples. */
function control<Subject>(
  checks: readonly Check<Subject>[],
  good: readonly Subject[],
  broken: Readonly<Record<string, Subject>>,
): Control {
  const found = (subject: Subject) => [...new Set(judge(checks, subject, '').map(({ rule }) => rule))];
  const judged = Object.entries(broken).map(([id, subject]) => [id, found(subject)] as const);
  return { ids: checks.map(({ id }) => id), good: good.map(found), broken: Object.fromEntries(judged) };
}

const CONTROLS: Readonly<Record<keyof typeof REGISTRY, Control>> = {
  playlist: control(REGISTRY.playlist, GOOD_PLAYLISTS, BROKEN_PLAYLISTS),
  multivariant: control(REGISTRY.multivariant, GOOD_MULTIVARIANTS, BROKEN_MULTIVARIANTS),
  update: control(REGISTRY.update, updates.GOOD_UPDATES, updates.BROKEN_UPDATES),
  delta: control(REGISTRY.delta, updates.GOOD_DELTAS, updates.BROKEN_DELTAS),
  across: control(REGISTRY.across, presentations.GOOD_PRESENTATIONS, presentations.BROKEN_PRESENTATIONS),
  answer: control(REGISTRY.answer, answers.GOOD_ANSWERS, answers.BROKEN_ANSWERS),
  probe: control(REGISTRY.probe, answers.GOOD_PROBES, answers.BROKEN_PROBES),
  history: control(REGISTRY.history, answers.GOOD_HISTORIES, answers.BROKEN_HISTORIES),
  media: control(REGISTRY.media, GOOD_MEDIA, BROKEN_MEDIA),
  timestamps: control(REGISTRY.timestamps, presentations.GOOD_TIMESTAMPS, presentations.BROKEN_TIMESTAMPS),
  complete: control(REGISTRY.complete, presentations.GOOD_COMPLETES, presentations.BROKEN_COMPLETES),
};

describe.each(Object.entries(CONTROLS))('%s', (_, { ids, good, broken }) => {
  test('has a broken example for each rule, and none for others', () => {
    expect(Object.keys(broken).sort()).toEqual([...ids].sort());
  });

  test('finds nothing in what is good', () => {
    for (const found of good) expect(found).toEqual([]);
  });

  test.each(Object.entries(broken))('%s is found, and nothing else', (id, found) => {
    expect(found).toEqual([id]);
  });
});

test('every rule has a name of its own, a section and a sentence', () => {
  const checks = allChecks();
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  for (const { section, sentence } of checks) {
    expect(section.length).toBeGreaterThan(1);
    expect(sentence).toMatch(/^[A-Z"].*\.$/);
  }
});

test('the syntax of multivariant playlists is judged as that of others', () => {
  for (const playlist of GOOD_MULTIVARIANTS) expect(judge(SYNTAX, playlist, '')).toEqual([]);
  for (const playlist of Object.values(BROKEN_MULTIVARIANTS)) expect(judge(SYNTAX, playlist, '')).toEqual([]);
});
