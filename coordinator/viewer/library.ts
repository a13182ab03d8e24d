import { find, write } from '../web/dom.ts';
import { Keyed } from '../web/keyed.ts';
import type { Presentation } from '../web/presentation.ts';
import { Card } from './card.ts';

/** The presentations there are, as a grid of cards. */
export class Library {
  readonly #list = find(document, '.cards', HTMLElement);
  readonly #summary = find(document, '.summary', HTMLElement);
  readonly #empty = find(document, '.empty', HTMLElement);
  readonly #cards = new Keyed<Presentation, Card>(this.#list, (id) => new Card(id));

  /** Shows `items`, in their order; `watching` is the id of the one on the stage. */
  show(items: readonly Presentation[], watching: string | null): void {
    if (this.#list.ariaBusy !== 'false') this.#list.replaceChildren();
    this.#list.ariaBusy = 'false';
    this.#cards.show(items);
    for (const { id } of items) this.#cards.get(id)?.mark(id === watching);
    this.#empty.hidden = items.length > 0;
    this.#list.hidden = items.length === 0;
    write(this.#summary, summaryOf(items));
  }

  /** Puts the keyboard on a card. */
  focus(id: string): void {
    this.#cards.get(id)?.focus();
  }
}

/** `1 live channel, 12 films`. */
export function summaryOf(items: readonly Presentation[]): string {
  const channels = items.filter((item) => item.kind === 'live').length;
  const parts = [count(channels, 'live channel'), count(items.length - channels, 'film')];
  return parts.filter((part) => part !== '').join(', ');
}

const count = (number: number, thing: string) =>
  number === 0 ? '' : `${number} ${thing}${number === 1 ? '' : 's'}`;
