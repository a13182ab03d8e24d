/** A failure that a person can do something about. `code` is for programs, the sentence for people. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  /** What to do about it, as one sentence. */
  readonly remedy: string;

  constructor(code: FailureCode, problem: string, remedy: string) {
    super(problem);
    this.code = code;
    this.remedy = remedy;
  }
}

export type FailureCode =
  | 'bad-setting'
  | 'bad-programme'
  | 'port-taken'
  | 'address-unavailable'
  | 'nats-unreachable'
  | 'nats-refused'
  | 'program-missing'
  | 'storage-unusable'
  | 'child-failed';

/** One line for a terminal: what is wrong, and what to do. */
export function explain(error: unknown): string {
  if (error instanceof Failure) return `${error.message}. ${error.remedy}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
