import { find, write } from '../web/dom.ts';
import { type Facts, rowsOf } from './facts.ts';

/** Shows facts in a `dl`, patched in place; hides it while there are none. */
export function showFacts(list: HTMLElement, facts: Facts | null): void {
  const rows = facts ? rowsOf(facts) : [];
  list.hidden = rows.length === 0;
  while (list.children.length > rows.length) list.lastElementChild?.remove();
  for (const [index, [term, value]] of rows.entries()) {
    const row = list.children[index] ?? list.appendChild(newRow());
    write(find(row, 'dt', HTMLElement), term);
    write(find(row, 'dd', HTMLElement), value);
  }
}

function newRow(): HTMLElement {
  const row = document.createElement('div');
  row.append(document.createElement('dt'), document.createElement('dd'));
  return row;
}
