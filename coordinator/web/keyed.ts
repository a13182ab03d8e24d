/** Something on the page that stands for one item. */
export type Entry<T> = { readonly element: Element; readonly update: (item: T) => void };

/** The children of a list element, one for each item, kept from one showing to the next. */
export class Keyed<T, E extends Entry<T>> {
  readonly #list: Element;
  readonly #make: (id: string) => E;
  readonly #entries = new Map<string, E>();

  constructor(list: Element, make: (id: string) => E) {
    this.#list = list;
    this.#make = make;
  }

  /** Shows `items` in their order: entries that stay are patched and, where they must be, moved. */
  show(items: readonly (T & { readonly id: string })[]): void {
    this.#removeAllBut(new Set(items.map((item) => item.id)));
    for (const [index, item] of items.entries()) {
      const entry = this.#entryOf(item.id);
      entry.update(item);
      const there = this.#list.children[index] ?? null;
      if (there !== entry.element) this.#list.insertBefore(entry.element, there);
    }
  }

  get(id: string): E | undefined {
    return this.#entries.get(id);
  }

  #entryOf(id: string): E {
    const known = this.#entries.get(id);
    if (known) return known;
    const entry = this.#make(id);
    this.#entries.set(id, entry);
    return entry;
  }

  #removeAllBut(ids: ReadonlySet<string>): void {
    for (const [id, entry] of this.#entries) {
      if (ids.has(id)) continue;
      entry.element.remove();
      this.#entries.delete(id);
    }
  }
}
