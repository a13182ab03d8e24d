/** Where an RTP stream starts: all of it is random (RFC 3550 §5.1). */
export type Start = { readonly ssrc: number; readonly sequence: number; readonly timestamp: number };

export function randomStart(): Start {
  const [ssrc = 0, sequence = 0, timestamp = 0] = crypto.getRandomValues(new Uint32Array(3));
  return { ssrc, sequence: sequence & 0xffff, timestamp };
}
