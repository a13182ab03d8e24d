/** RTCP packet types of feedback: on the transport of packets, and on what is in them (RFC 4585 §6.1). */
export const TRANSPORT_FEEDBACK = 205;
export const PAYLOAD_FEEDBACK = 206;

/** What a receiver asks the sender of a stream for. */
export type Feedback =
  /** A key frame (RFC 4585 §6.3.1, RFC 5104 §4.3.1). `ssrc` names the stream. */
  | { readonly kind: 'key-frame'; readonly ssrc: number }
  /** Packets that did not come (RFC 4585 §6.2.1), by their sequence numbers. */
  | { readonly kind: 'missing'; readonly ssrc: number; readonly sequences: readonly number[] };

/** Formats of feedback (RFC 4585 §6.2, §6.3, RFC 5104 §4.3). */
const GENERIC_NACK = 1;
const PICTURE_LOSS = 1;
const FULL_INTRA = 4;

/** Head, who sends it, and whose packets it is about. */
const HEAD_BYTES = 12;
const ENTRY_BYTES = 4;

/** Packets that are asked for at once: more than the second that a sender might still have of them. */
const MISSING_MAX = 1_000;

/** Reads a feedback packet that lies between two places; null for other formats, and for what is cut short. */
export function readFeedback(view: DataView, from: number, to: number): Feedback | null {
  if (to - from < HEAD_BYTES) return null;
  const format = view.getUint8(from) & 0x1f;
  const ssrc = view.getUint32(from + 8);
  if (view.getUint8(from + 1) === TRANSPORT_FEEDBACK)
    return format === GENERIC_NACK ? { kind: 'missing', ssrc, sequences: readMissing(view, from, to) } : null;
  if (format === PICTURE_LOSS) return { kind: 'key-frame', ssrc };
  // The first entry of a full intra request names the stream; its head does not.
  const isRequest = format === FULL_INTRA && to - from >= HEAD_BYTES + 2 * ENTRY_BYTES;
  return isRequest ? { kind: 'key-frame', ssrc: view.getUint32(from + HEAD_BYTES) } : null;
}

/** Each entry is a number, and a bit for each of the 16 behind it. */
function readMissing(view: DataView, from: number, to: number): readonly number[] {
  const sequences: number[] = [];
  for (
    let at = from + HEAD_BYTES;
    at + ENTRY_BYTES <= to && sequences.length < MISSING_MAX;
    at += ENTRY_BYTES
  ) {
    const first = view.getUint16(at);
    const bits = view.getUint16(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit++) if (bits & (1 << bit)) sequences.push((first + bit + 1) % 2 ** 16);
  }
  return sequences.slice(0, MISSING_MAX);
}
