/**
 * How much a client wants each content coding, from 0 (not at all) to 1, by its `Accept-Encoding` header (RFC 9110
 * §12.5.3); null for a coding that it says nothing about. A weight that can't be read is 0.
 */
export function readWeights(header: string): (coding: string) => number | null {
  const weights = new Map<string, number>();
  for (const part of header.split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(coding, q ? Number(q.slice(2)) || 0 : 1);
  }
  return (coding) => weights.get(coding) ?? weights.get('*') ?? null;
}
