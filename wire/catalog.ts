import type { PresentationId } from './ids.ts';
import { read } from './message.ts';
import { Presentation } from './presentation.ts';

/** Every presentation as it was last described. Only what was described is known. */
export class Catalog {
  readonly #presentations = new Map<string, Presentation>();
  readonly #awaited = new Map<string, Set<() => void>>();

  get(id: PresentationId): Presentation | null {
    return this.#presentations.get(id) ?? null;
  }

  /** In the order of their ids. */
  all(): readonly Presentation[] {
    return [...this.#presentations.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * Takes a description as it came, or null when the presentation is gone. One that can't be read changes nothing:
   * the last good one stays, and the answer is false.
   */
  update(id: string, description: Uint8Array | null): boolean {
    if (description === null) {
      this.#presentations.delete(id);
      return true;
    }
    const presentation = read(Presentation, description);
    if (presentation?.id !== id) return false;
    this.set(presentation);
    return true;
  }

  /** Takes a description that is known to be one. */
  set(presentation: Presentation): void {
    this.#presentations.set(presentation.id, presentation);
    for (const tell of this.#awaited.get(presentation.id) ?? []) tell();
  }

  /** Resolves when a presentation is described, or after `timeoutMs`. */
  async appears(id: PresentationId, timeoutMs: number): Promise<void> {
    if (this.#presentations.has(id)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const awaited = this.#awaited.get(id) ?? new Set();
    this.#awaited.set(id, awaited.add(resolve));
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
    awaited.delete(resolve);
    if (awaited.size === 0) this.#awaited.delete(id);
  }
}
