/** `must` fails a server; `should` is a warning. */
export type Level = 'must' | 'should';

/** What one rule asks of a server, and how it is seen to be broken. */
export type Check<Subject> = {
  readonly id: string;
  /** Of draft-pantos-hls-rfc8216bis-22, unless it names another document. */
  readonly section: string;
  readonly sentence: string;
  readonly level: Level;
  /** A sentence for each way in which the subject breaks the rule. */
  readonly run: (subject: Subject) => readonly string[];
};

export type Violation = {
  readonly rule: string;
  readonly level: Level;
  readonly section: string;
  /** URL of the playlist, or of the media. */
  readonly playlist: string;
  readonly problem: string;
};

export const must = <Subject>(
  id: string,
  section: string,
  sentence: string,
  run: Check<Subject>['run'],
): Check<Subject> => ({ id, section, sentence, level: 'must', run });

export const should = <Subject>(
  id: string,
  section: string,
  sentence: string,
  run: Check<Subject>['run'],
): Check<Subject> => ({ id, section, sentence, level: 'should', run });

/** Every way in which the subject breaks one of the rules. */
export const judge = <Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  playlist: string,
): readonly Violation[] =>
  checks.flatMap(({ id, level, section, run }) =>
    run(subject).map((problem) => ({ rule: id, level, section, playlist, problem })),
  );

/** The problem, when there is one. */
export const when = (broken: boolean, problem: string): readonly string[] => (broken ? [problem] : []);
