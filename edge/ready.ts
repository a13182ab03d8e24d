import type { Catalog } from '../wire/catalog.ts';
import type { Presentation } from '../wire/presentation.ts';
import type { Replica } from './replica.ts';
import type { Stored } from './stored.ts';

/** A manifest, and what it was made from. */
export type Made = {
  readonly stored: Stored;
  readonly presentation: Presentation;
  readonly replica: Replica;
  /** The replica's then. */
  readonly revision: number;
  /** Told now and then that it has answered requests since it was told before. */
  readonly onAsked: () => void;
};

type Kept = { readonly made: Made; isAsked: boolean };

/** More than are asked for between two segments. */
const READY_MAX = 4_096;

/**
 * Manifests by URL path, each ready to be sent for as long as what it was made from stands: to find one here costs
 * less than to find out what its path names.
 */
export class ReadyManifests {
  readonly #kept = new Map<string, Kept>();
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Null when there is none that stands. */
  peek(pathname: string): Stored | null {
    const kept = this.#kept.get(pathname);
    if (kept === undefined || !this.#stands(kept.made)) return null;
    kept.isAsked = true;
    return kept.made.stored;
  }

  keep(pathname: string, made: Made): void {
    if (this.#kept.size >= READY_MAX) this.#kept.clear();
    this.#kept.set(pathname, { made, isAsked: false });
  }

  /** Tells those that were asked for; forgets those that do not stand any more. */
  tell(): void {
    for (const [pathname, kept] of this.#kept) {
      if (kept.isAsked) kept.made.onAsked();
      kept.isAsked = false;
      if (!this.#stands(kept.made)) this.#kept.delete(pathname);
    }
  }

  #stands({ presentation, replica, revision }: Made): boolean {
    return replica.revision === revision && this.#catalog.get(presentation.id) === presentation;
  }
}
