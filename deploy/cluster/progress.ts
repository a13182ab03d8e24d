import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from './logline.ts';
import { fetchPresentations, type Item } from './presentations.ts';
import type { Terminal } from './terminal.ts';

const PERIOD_MS = 500;
const BAR_COLUMNS = 30;

/** Without a terminal a line is written each time this much more is done. */
const STEP = 0.1;

/** Shows how far each presentation is until all of `ids` play or have failed, or `signal` ends it. */
export async function showProgress(
  coordinator: string,
  ids: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Set(ids);
  const steps = new Map<string, number>();
  while (waiting.size > 0 && !signal.aborted) {
    for (const item of (await fetchPresentations(coordinator)) ?? []) {
      if (!waiting.has(item.id)) continue;
      const end = ending(item);
      if (end) terminal.status('');
      if (end) terminal.event(item.id, end);
      if (end) waiting.delete(item.id);
      else showOne(item, terminal, steps);
    }
    await sleep(PERIOD_MS, undefined, { signal }).catch(() => {});
  }
  terminal.status('');
}

/** What there is to say once it is decided; null while it is not. */
export function ending({ state, reason }: Item): LogLine | null {
  switch (state) {
    case 'ready':
      return { level: 'info', message: 'is ready', facts: [] };
    case 'live':
      return { level: 'info', message: 'is live', facts: [] };
    case 'failed':
      return { level: 'error', message: `failed: ${reason ?? 'the origin does not say why'}`, facts: [] };
    default:
      return null;
  }
}

function showOne({ id, state, progress }: Item, terminal: Terminal, steps: Map<string, number>): void {
  if (state !== 'packaging') return;
  const done = progress ?? 0;
  terminal.status(bar(`Packaging ${id}`, done, terminal.columns));
  if (terminal.isInteractive) return;
  const step = Math.floor(done / STEP);
  if (step <= (steps.get(id) ?? -1)) return;
  steps.set(id, step);
  terminal.event(id, { level: 'info', message: `packaging, ${percent(done)} done`, facts: [] });
}

/** A bar that fits `columns`, for a share from 0 to 1. */
export function bar(label: string, done: number, columns: number): string {
  const room = Math.max(0, Math.min(BAR_COLUMNS, columns - label.length - 8));
  const full = Math.round(room * done);
  return `${label} ${'█'.repeat(full)}${'░'.repeat(room - full)} ${percent(done)}`;
}

const percent = (share: number) => `${Math.floor(share * 100)} %`;
