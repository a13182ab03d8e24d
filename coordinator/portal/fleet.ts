import { find, mark, stamp, write } from '../web/dom.ts';
import { Keyed } from '../web/keyed.ts';
import { bitRate } from '../web/words.ts';
import type { EdgeNode } from './node.ts';

/** An edge renews its lease each second (wire/lease.ts): this late, two renewals are lost. */
const LATE_MS = 2_000;

/** The share of its capacity from which an edge is shown as nearly full. */
const NEARLY_FULL = 0.85;

/** The table of edges. */
export class Fleet {
  readonly #rows = new Keyed<EdgeNode, EdgeRow>(
    find(document, '.fleet tbody', HTMLElement),
    () => new EdgeRow(),
  );
  readonly #empty = find(document, '.fleet-empty', HTMLElement);

  show(nodes: readonly EdgeNode[]): void {
    this.#rows.show(nodes);
    this.#empty.hidden = nodes.length > 0;
  }
}

class EdgeRow {
  readonly element = stamp('edge');
  readonly #name = find(this.element, '.edge-name', HTMLElement);
  readonly #url = find(this.element, '.edge-url', HTMLElement);
  readonly #region = find(this.element, '.edge-region', HTMLElement);
  readonly #viewers = find(this.element, '.edge-viewers', HTMLElement);
  readonly #load = find(this.element, '.meter', HTMLElement);
  readonly #egress = find(this.element, '.edge-egress', HTMLElement);
  readonly #lease = find(this.element, '.edge-lease', HTMLElement);
  readonly #state = find(this.element, '.state', HTMLElement);

  update(node: EdgeNode): void {
    this.element.dataset.edge = node.id;
    write(this.#name, node.id);
    write(this.#url, node.url);
    write(this.#region, node.region);
    write(this.#viewers, `${Math.round(node.viewers)} of ${node.capacity}`);
    this.#fill(node.viewers / node.capacity);
    write(this.#egress, bitRate(node.egressBitsPerSecond));
    write(this.#lease, `${(node.leaseAgeMs / 1_000).toFixed(1)} s ago`);
    mark(this.#lease, 'data-late', node.leaseAgeMs > LATE_MS ? '' : null);
    const state = node.draining ? 'draining' : node.state;
    write(this.#state, state);
    mark(this.#state, 'data-state', state);
  }

  #fill(part: number): void {
    mark(this.#load, 'data-full', part > NEARLY_FULL ? '' : null);
    this.#load.style.setProperty('--load', String(Math.min(part, 1)));
  }
}
