import { find, mark } from '../web/dom.ts';

/** Fills a progress bar to `part` of 1, and hides it for null. */
export function showProgress(bar: HTMLElement, part: number | null): void {
  bar.hidden = part === null;
  if (part === null) return;
  mark(bar, 'aria-valuenow', String(Math.floor(part * 100)));
  find(bar, '.progress-done', HTMLElement).style.setProperty('--done', String(part));
}
