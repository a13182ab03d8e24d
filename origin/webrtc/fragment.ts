/** What a publisher sends after its offer: more of its addresses, or the wish to start ICE anew. */
export type Fragment = {
  readonly usernameFragment: string | null;
  /** Values of `a=candidate`, each with the media section it is for. */
  readonly candidates: readonly { readonly mid: string | null; readonly candidate: string }[];
  readonly isComplete: boolean;
};

/** Candidates taken from one fragment; a browser has about four for each network that it is in. */
const CANDIDATES_MAX = 64;

/** As RFC 8839 §5.1 says it, up to its type. */
const CANDIDATE =
  /^a=(candidate:[\w+/-]{1,32} [1-9]\d{0,2} (?:udp|tcp) \d{1,10} [\w.:-]{1,255} \d{1,5} typ (?:host|srflx|prflx|relay)(?: [\x21-\x7e]+ [\x21-\x7e]+)*)$/i;

/** Reads `application/trickle-ice-sdpfrag` (RFC 8840 §4.4); null for what is not one. */
export function readFragment(text: string): Fragment | null {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  let mid: string | null = null;
  let usernameFragment: string | null = null;
  let isComplete = false;
  const candidates: { mid: string | null; candidate: string }[] = [];
  for (const line of lines) {
    if (!/^[am]=/.test(line)) return null;
    if (line.startsWith('a=mid:')) mid = line.slice('a=mid:'.length);
    if (line.startsWith('a=ice-ufrag:')) usernameFragment = line.slice('a=ice-ufrag:'.length);
    if (line === 'a=end-of-candidates') isComplete = true;
    if (!line.startsWith('a=candidate:')) continue;
    const [, candidate] = CANDIDATE.exec(line) ?? [];
    if (candidate === undefined || candidates.length === CANDIDATES_MAX) return null;
    candidates.push({ mid, candidate });
  }
  return lines.length === 0 ? null : { usernameFragment, candidates, isComplete };
}
