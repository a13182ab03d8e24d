import { find, write } from '../web/dom.ts';
import type { Presentation } from '../web/presentation.ts';
import { Card } from './card.ts';

/** The presentations there are, as a grid of cards. */
export class Library {
  readonly #list = find(document, '.cards', HTMLElement);
  readonly #summary = find(document, '.summary', HTMLElement);
  readonly #empty = find(document, '.empty', HTMLElement);
  readonly #cards = new Map<string, Card>();

  /** Shows `items`, in their order; `watching` is the id of the one on the stage. */
  show(items: readonly Presentation[], watching: string | null, nowMs: number): void {
    if (this.#list.ariaBusy !== 'false') this.#list.replaceChildren();
    this.#list.ariaBusy = 'false';
    this.#removeAllBut(new Set(items.map((item) => item.id)));
    for (const [index, item] of items.entries()) this.#place(item, index, item.id === watching, nowMs);
    this.#empty.hidden = items.length > 0;
    this.#list.hidden = items.length === 0;
    write(this.#summary, summaryOf(items));
  }

  /** Puts the keyboard on a card. */
  focus(id: string): void {
    this.#cards.get(id)?.focus();
  }

  #place(item: Presentation, index: number, watching: boolean, nowMs: number): void {
    const card = this.#cards.get(item.id) ?? new Card(item.id);
    this.#cards.set(item.id, card);
    card.update(item, watching, nowMs);
    const there = this.#list.children[index] ?? null;
    if (there !== card.element) this.#list.insertBefore(card.element, there);
  }

  #removeAllBut(ids: ReadonlySet<string>): void {
    for (const [id, card] of this.#cards) {
      if (ids.has(id)) continue;
      card.element.remove();
      this.#cards.delete(id);
    }
  }
}

/** `1 live channel, 12 films`. */
export function summaryOf(items: readonly Presentation[]): string {
  const channels = items.filter((item) => item.kind === 'live').length;
  return [count(channels, 'live channel'), count(items.length - channels, 'film')]
    .filter((part) => part !== '')
    .join(', ');
}

const count = (number: number, thing: string) =>
  number === 0 ? '' : `${number} ${thing}${number === 1 ? '' : 's'}`;
