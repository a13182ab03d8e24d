import { allChecks } from './registry.ts';
import type { Outcome } from './watch-live.ts';

/** One line for each violation, and a summary. */
export function print({ violations, judged }: Outcome): string {
  const lines = violations.map(
    ({ rule, level, section, playlist, problem, times }) =>
      `${level === 'must' ? 'violation' : 'warning  '} ${rule} (${section}) ${playlist}: ${problem}${times > 1 ? ` (${times} times)` : ''}`,
  );
  const broken = violations.filter(({ level }) => level === 'must').length;
  const summary = `${allChecks().length} rules, ${judged} times applied: ${broken} violations, ${violations.length - broken} warnings`;
  return `${[...lines, summary].join('\n')}\n`;
}
