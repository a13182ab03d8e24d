import { u32 } from '../isobmff/writer.ts';
import { join } from '../join.ts';

/** RTCP packet type of a receiver report (RFC 3550 §12.1). */
export const RECEIVER_REPORT = 201;

/** A block of a receiver report (RFC 3550 §6.4.1): how one stream arrives. */
export type ReportBlock = {
  readonly ssrc: number;
  /** Of those expected since the last report, in 256ths. */
  readonly fractionLost: number;
  readonly lost: number;
  /** With how often it began anew in its upper 16 bits. */
  readonly highestSequence: number;
  /** Ticks of the stream's clock. */
  readonly jitter: number;
  /** Of the last sender report; 0 when none has come. */
  readonly shortTime: number;
  /** Since then, in 65,536ths of a second. */
  readonly delay: number;
};

const BLOCK_BYTES = 24;

/** The blocks between two places, of which there are `count` at most. What lost counts has a sign. */
export function readBlocks(view: DataView, from: number, to: number, count: number): readonly ReportBlock[] {
  const length = Math.min(count, Math.floor((to - from) / BLOCK_BYTES));
  return Array.from({ length }, (_, index) => {
    const at = from + index * BLOCK_BYTES;
    return {
      ssrc: view.getUint32(at),
      fractionLost: view.getUint8(at + 4),
      lost: (view.getInt32(at + 4) << 8) >> 8,
      highestSequence: view.getUint32(at + 8),
      jitter: view.getUint32(at + 12),
      shortTime: view.getUint32(at + 16),
      delay: view.getUint32(at + 20),
    };
  });
}

/** The report of a receiver of one stream. */
export function printReceiverReport(ssrc: number, block: ReportBlock): Uint8Array {
  const lost = Math.max(-0x80_0000, Math.min(block.lost, 0x7f_ffff)) & 0xff_ffff;
  return join([
    u32((0x81 << 24) | (RECEIVER_REPORT << 16) | 7, ssrc, block.ssrc),
    u32((block.fractionLost << 24) | lost, block.highestSequence, Math.min(block.jitter, 0xffff_ffff)),
    u32(block.shortTime, block.delay),
  ]);
}
