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
  /** Told of each request that it answers. */
  readonly onAsked: () => void;
};

/** More than are asked for between two segments. */
const READY_MAX = 4_096;

/**
 * Manifests by URL path, each ready to be sent for as long as what it was made from stands: to find one here costs
 * less than to find out what its path names.
 */
export class ReadyManifests {
  readonly #made = new Map<string, Made>();
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  get size(): number {
    return this.#made.size;
  }

  /** Null when there is none that stands. */
  peek(pathname: string): Stored | null {
    const made = this.#made.get(pathname);
    if (made === undefined || !this.#stands(made)) return null;
    made.onAsked();
    return made.stored;
  }

  keep(pathname: string, made: Made): void {
    if (this.#made.size >= READY_MAX) this.#made.clear();
    this.#made.set(pathname, made);
  }

  #stands({ presentation, replica, revision }: Made): boolean {
    return replica.revision === revision && this.#catalog.get(presentation.id) === presentation;
  }
}
