import { type Check, judge, type Violation } from '../check.ts';

/** A violation, and how often it was seen. */
export type Finding = Violation & { readonly times: number };

/** More tell nothing new; a broken server would fill the memory. */
const FINDINGS_MAX = 1_000;

/** Everything that was found to be wrong; each thing once. */
export class Findings {
  readonly #found = new Map<string, Finding>();
  #judged = 0;

  judge<Subject>(checks: readonly Check<Subject>[], subject: Subject, playlist: string): void {
    this.#judged += 1;
    for (const violation of judge(checks, subject, playlist)) this.#add(violation);
  }

  get violations(): readonly Finding[] {
    return [...this.#found.values()];
  }

  /** Playlists, answers, updates and segments that were looked at. */
  get judged(): number {
    return this.#judged;
  }

  #add(violation: Violation): void {
    const key = `${violation.rule} ${violation.playlist} ${violation.problem}`;
    const times = (this.#found.get(key)?.times ?? 0) + 1;
    if (times > 1 || this.#found.size < FINDINGS_MAX) this.#found.set(key, { ...violation, times });
  }
}
