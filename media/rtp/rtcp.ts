import { u32 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import type { Milliseconds } from '../time.ts';
import { SENDER_REPORT } from './sender-report.ts';

/** What a sender says of its streams. */
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
  /** It leaves (§6.6). */
  | { readonly kind: 'bye'; readonly ssrc: number };

const RECEIVER_REPORT = 201;
const DESCRIPTION = 202;
const BYE = 203;

const SENDER_REPORT_BYTES = 28;

/** Reads a compound packet (§6.1) up to its end or the first part that can't be. */
export function readControl(bytes: Uint8Array): readonly Control[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Control[] = [];
  for (let at = 0; at + 8 <= bytes.byteLength; ) {
    const end = at + (view.getUint16(at + 2) + 1) * 4;
    if (view.getUint8(at) >> 6 !== 2 || end > bytes.byteLength) break;
    const type = view.getUint8(at + 1);
    if (type === SENDER_REPORT && end - at >= SENDER_REPORT_BYTES) found.push(readReport(view, at));
    if (type === BYE && (view.getUint8(at) & 0x1f) > 0)
      found.push({ kind: 'bye', ssrc: view.getUint32(at + 4) });
    at = end;
  }
  return found;
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

/** A block of a receiver report (§6.4.1): how one stream arrives. */
export type ReportBlock = {
  readonly ssrc: number;
  /** Of those expected since the last report, in 256ths. */
  readonly fractionLost: number;
  readonly lost: number;
  readonly highestSequence: number;
  /** Ticks of the stream's clock. */
  readonly jitter: number;
  /** Of the last sender report; 0 when none has come. */
  readonly shortTime: number;
  /** Since then, in 65,536ths of a second. */
  readonly delay: number;
};

/** The compound packet of a receiver (§6.1): a report, and its name, which has to be in each. */
export function printReport(ssrc: number, name: string, block: ReportBlock): Uint8Array {
  const lost = Math.max(-0x80_0000, Math.min(block.lost, 0x7f_ffff)) & 0xff_ffff;
  const report = join([
    u32((0x81 << 24) | (RECEIVER_REPORT << 16) | 7, ssrc, block.ssrc),
    u32((block.fractionLost << 24) | lost, block.highestSequence, Math.min(block.jitter, 0xffff_ffff)),
    u32(block.shortTime, block.delay),
  ]);
  return join([report, printDescription(ssrc, name)]);
}

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
