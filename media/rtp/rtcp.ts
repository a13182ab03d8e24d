import { u32 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import type { Milliseconds } from '../time.ts';
import { type Feedback, PAYLOAD_FEEDBACK, readFeedback, TRANSPORT_FEEDBACK } from './feedback.ts';
import { printReceiverReport, RECEIVER_REPORT, type ReportBlock, readBlocks } from './receiver-report.ts';
import { SENDER_REPORT } from './sender-report.ts';

/** What the ends of a session say of its streams. */
export type Control =
  /** It was `senderMs` on the sender's clock, since 1900, at this RTP timestamp (RFC 3550 §6.4.1). */
  | {
      readonly kind: 'report';
      readonly ssrc: number;
      readonly senderMs: Milliseconds;
      readonly timestamp: number;
      /** The middle 32 bits of the same time, for the answer. */
      readonly shortTime: number;
    }
  /** How `ssrc` receives (§6.4.2); without blocks it is there, and no more. */
  | { readonly kind: 'reception'; readonly ssrc: number; readonly blocks: readonly ReportBlock[] }
  /** It leaves (§6.6). */
  | { readonly kind: 'bye'; readonly ssrc: number }
  | Feedback;

const DESCRIPTION = 202;
const BYE = 203;

const SENDER_REPORT_BYTES = 28;
const RECEIVER_REPORT_BYTES = 8;

/** Reads a compound packet (§6.1) up to its end or the first part that can't be. */
export function readControl(bytes: Uint8Array): readonly Control[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Control[] = [];
  for (let at = 0; at + 8 <= bytes.byteLength; ) {
    const end = at + (view.getUint16(at + 2) + 1) * 4;
    if (view.getUint8(at) >> 6 !== 2 || end > bytes.byteLength) break;
    found.push(...readOne(view, at, end));
    at = end;
  }
  return found;
}

/** `at` is the start of a packet of at least 4 bytes; at least 8 are there. */
function readOne(view: DataView, at: number, end: number): readonly Control[] {
  const count = view.getUint8(at) & 0x1f;
  const ssrc = view.getUint32(at + 4);
  switch (view.getUint8(at + 1)) {
    case SENDER_REPORT: {
      if (end - at < SENDER_REPORT_BYTES) return [];
      const blocks = readBlocks(view, at + SENDER_REPORT_BYTES, end, count);
      const reception = { kind: 'reception', ssrc, blocks } as const;
      return [readReport(view, at), ...(blocks.length > 0 ? [reception] : [])];
    }
    case RECEIVER_REPORT:
      if (end - at < RECEIVER_REPORT_BYTES) return [];
      return [{ kind: 'reception', ssrc, blocks: readBlocks(view, at + RECEIVER_REPORT_BYTES, end, count) }];
    case BYE:
      return readLeaving(view, at + 4, end, count);
    case TRANSPORT_FEEDBACK:
    case PAYLOAD_FEEDBACK: {
      const feedback = readFeedback(view, at, end);
      return feedback === null ? [] : [feedback];
    }
    default:
      return [];
  }
}

function readLeaving(view: DataView, from: number, to: number, count: number): readonly Control[] {
  const length = Math.min(count, (to - from) / 4);
  return Array.from({ length }, (_, index) => ({ kind: 'bye', ssrc: view.getUint32(from + index * 4) }));
}

function readReport(view: DataView, at: number): Control {
  const [seconds, fraction] = [view.getUint32(at + 8), view.getUint32(at + 12)];
  return {
    kind: 'report',
    ssrc: view.getUint32(at + 4),
    senderMs: seconds * 1000 + (fraction * 1000) / 2 ** 32,
    timestamp: view.getUint32(at + 16),
    shortTime: ((seconds & 0xffff) * 2 ** 16 + (fraction >>> 16)) >>> 0,
  };
}

/** The compound packet of a receiver (§6.1): a report, and its name, which has to be in each. */
export const printReport = (ssrc: number, name: string, block: ReportBlock): Uint8Array =>
  join([printReceiverReport(ssrc, block), printDescription(ssrc, name)]);

/** Longest name: its length has a byte (§6.5). */
const NAME_MAX_BYTES = 255;

/** A source description (§6.5) with a canonical name alone. */
export function printDescription(ssrc: number, name: string): Uint8Array {
  const text = new TextEncoder().encode(name).subarray(0, NAME_MAX_BYTES);
  const item = Uint8Array.of(1, text.byteLength, ...text, 0);
  const padded = new Uint8Array(Math.ceil(item.byteLength / 4) * 4);
  padded.set(item);
  return join([u32((0x81 << 24) | (DESCRIPTION << 16) | (1 + padded.byteLength / 4), ssrc), padded]);
}

/** That a stream ends (§6.6). */
export const printBye = (ssrc: number): Uint8Array => u32((0x81 << 24) | (BYE << 16) | 1, ssrc);
