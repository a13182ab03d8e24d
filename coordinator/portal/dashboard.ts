import { find, write } from '../web/dom.ts';
import type { Presentation } from '../web/presentation.ts';
import { bitRate, percent } from '../web/words.ts';
import { Catalog } from './catalog.ts';
import { Chart } from './chart.ts';
import { Fleet } from './fleet.ts';
import { append, type Sample } from './history.ts';
import type { EdgeNode } from './node.ts';
import { totalsOf } from './totals.ts';

/** All that an operator sees: totals, the last minutes, edges, presentations. */
export class Dashboard {
  readonly #viewers = new Chart(find(document, '#chart-viewers', HTMLElement), {
    of: (sample) => sample.viewers,
    print: (value) => String(value < 10 ? Number(value.toFixed(1)) : Math.round(value)),
  });
  readonly #egress = new Chart(find(document, '#chart-egress', HTMLElement), {
    of: (sample) => sample.bitsPerSecond,
    print: bitRate,
  });
  readonly #fleet = new Fleet();
  readonly #catalog = new Catalog();
  #history: readonly Sample[] = [];

  showNodes(nodes: readonly EdgeNode[], nowMs: number): void {
    const totals = totalsOf(nodes);
    const { viewers, capacity, bitsPerSecond, edges, draining } = totals;
    this.#history = append(this.#history, { atMs: nowMs, viewers, bitsPerSecond });
    this.#viewers.show(this.#history);
    this.#egress.show(this.#history);
    this.#fleet.show(nodes);
    showTile(
      'viewers',
      String(Math.round(viewers)),
      capacity > 0 ? `${percent(viewers / capacity)} of ${capacity}` : 'no room',
    );
    showTile(
      'egress',
      bitRate(bitsPerSecond),
      viewers >= 1 ? `${bitRate(bitsPerSecond / viewers)} a viewer` : '',
    );
    showTile('edges', String(edges), draining > 0 ? `${draining} draining` : 'all serving');
  }

  showPresentations(items: readonly Presentation[]): void {
    const live = items.filter((item) => item.state === 'live').length;
    this.#catalog.show(items);
    showTile('presentations', String(items.length), `${live} on air`);
  }
}

function showTile(name: string, value: string, note: string): void {
  const tile = find(document, `[data-total="${name}"]`, HTMLElement);
  write(find(tile, 'dd', HTMLElement), value);
  write(find(tile, '.tile-note', HTMLElement), note);
}
