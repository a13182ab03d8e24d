/** An edge that may be given a viewer. */
export type Candidate = {
  readonly id: string;
  /** Viewers it takes. */
  readonly capacity: number;
  /** Viewers it has, with those on their way to it. */
  readonly viewers: number;
};

/**
 * How much more than its share of the viewers an edge may have: enough to keep a presentation's viewers together,
 * little enough to keep load even. From "Consistent Hashing with Bounded Loads" (Mirrokni, Thorup, Zadimoghaddam).
 */
const BOUND = 1.25;

/**
 * The edge for one more viewer of a presentation, or null when all are full. Every presentation ranks the edges in
 * an order of its own (weighted rendezvous hashing: an edge that comes or goes moves no others); the viewer goes to
 * the first that is neither full nor above its share.
 */
export function assign<C extends Candidate>(presentation: string, candidates: readonly C[]): C | null {
  const capacity = candidates.reduce((sum, candidate) => sum + candidate.capacity, 0);
  const viewers = candidates.reduce((sum, candidate) => sum + candidate.viewers, 0) + 1;
  const share = (candidate: C) => Math.ceil((BOUND * viewers * candidate.capacity) / capacity);
  const ranked = candidates
    .filter((candidate) => candidate.viewers + 1 <= candidate.capacity)
    .map((candidate) => ({ candidate, score: score(presentation, candidate) }))
    .sort((a, b) => b.score - a.score);
  const even = ranked.find(({ candidate }) => candidate.viewers + 1 <= share(candidate));
  return (even ?? ranked[0])?.candidate ?? null;
}

/** Rises with capacity: an edge twice as large comes first for twice as many presentations. */
const score = (presentation: string, { id, capacity }: Candidate) =>
  -capacity / Math.log(uniform(`${id} ${presentation}`));

/** A number above 0 and below 1 that looks random: FNV-1a (RFC 9923), then the finaliser of MurmurHash3. */
function uniform(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}
