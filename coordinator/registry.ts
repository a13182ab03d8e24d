import type { NodeId } from '../wire/ids.ts';
import { Lease } from '../wire/lease.ts';
import { read } from '../wire/message.ts';
import type { Candidate } from './assignment/assign.ts';

/** An edge as its last lease described it. */
export type Member = {
  readonly lease: Lease;
  /** When the lease was heard, milliseconds since 1970. */
  readonly heardMs: number;
  readonly state: 'alive' | 'draining' | 'gone';
};

/** An edge that can be given viewers. */
export type Available = Candidate & { readonly lease: Lease };

/** How long an edge that is gone is still listed. */
const LISTED_MS = 60_000;

/** An edge measures its viewers over this time, so a viewer that was sent there shows up little by little. */
const ARRIVAL_MS = 10_000;

type Entry = { lease: Lease; heardMs: number; sentMs: number[] };

/** Which edges are alive, from their leases. It holds nothing that the next second of leases would not bring back. */
export class Registry {
  readonly #entries = new Map<NodeId, Entry>();

  /** Takes a lease as it came; one that can't be read is not a lease, and the answer is false. */
  hear(data: Uint8Array, nowMs: number): boolean {
    const lease = read(Lease, data);
    if (lease === null) return false;
    const sentMs = this.#entries.get(lease.edge)?.sentMs ?? [];
    this.#entries.set(lease.edge, { lease, heardMs: nowMs, sentMs });
    this.#forget(nowMs);
    return true;
  }

  /** All edges heard of in the last minute, in the order of their ids. */
  members(nowMs: number): Member[] {
    this.#forget(nowMs);
    return [...this.#entries.values()]
      .map(({ lease, heardMs }) => ({ lease, heardMs, state: stateOf(lease, heardMs, nowMs) }))
      .sort((a, b) => (a.lease.edge < b.lease.edge ? -1 : 1));
  }

  /** The edges that can be given viewers now, with those already on their way. */
  available(nowMs: number): Available[] {
    const found: Available[] = [];
    for (const { lease, heardMs, sentMs } of this.#entries.values()) {
      if (stateOf(lease, heardMs, nowMs) !== 'alive') continue;
      const viewers = lease.viewers + arriving(sentMs, nowMs);
      found.push({ id: lease.edge, capacity: lease.capacity, viewers, lease });
    }
    return found;
  }

  #forget(nowMs: number): void {
    for (const [id, { heardMs }] of this.#entries) {
      if (nowMs - heardMs > LISTED_MS) this.#entries.delete(id);
    }
  }

  /** Remembers that a viewer was sent to an edge, until the edge has noticed. */
  send(edge: NodeId, nowMs: number): void {
    const entry = this.#entries.get(edge);
    if (entry === undefined) return;
    const firstFresh = entry.sentMs.findIndex((sentMs) => nowMs - sentMs < ARRIVAL_MS);
    entry.sentMs.splice(0, firstFresh === -1 ? entry.sentMs.length : firstFresh);
    entry.sentMs.push(nowMs);
  }
}

function stateOf(lease: Lease, heardMs: number, nowMs: number): Member['state'] {
  if (nowMs - heardMs > lease.ttlMs) return 'gone';
  return lease.draining ? 'draining' : 'alive';
}

/** Each counts less the longer ago it was sent, as the edge's own average comes to hold it. */
const arriving = (sentMs: readonly number[], nowMs: number) =>
  sentMs.reduce((sum, at) => sum + Math.max(0, 1 - (nowMs - at) / ARRIVAL_MS), 0);
