import type { Ticks } from '../time.ts';
import { LEAD, wrap } from './clock.ts';
import { CLOCK_BYTES, PACKET_BYTES, ROOM, writePacket } from './packet.ts';
import { MEDIA_PID, PAT_PID, PMT_PID, programAssociation, programMap } from './section.ts';

/** One PES packet and when it is due. */
export type Unit = {
  readonly pes: Uint8Array;
  readonly dts: Ticks;
  /** Until the next unit, which may be in the next segment. */
  readonly duration: Ticks;
  readonly randomAccess: boolean;
};

export type Multiplexed = {
  readonly streamType: number;
  /** In decode order. */
  readonly units: readonly Unit[];
  /** The number of the segment on its timeline. */
  readonly number: number;
};

/** Counters are counted modulo this. */
const COUNTERS = 16;

/**
 * Writes a segment: the two tables, then the units, each with a clock reference.
 *
 * Any edge may make any segment, without the one before it, and the counters of each PID must go on from there
 * (§2.4.3.3). So those of the media start at 0, and as many packets follow as make the next segment's 0 the right
 * one: the last units are spread over up to 15 more packets than they need. Of each table there is one packet, and
 * its counter is the segment's number. Tracks that are switched between go on in the same way.
 */
export function multiplex({ streamType, units, number }: Multiplexed): Uint8Array<ArrayBuffer> {
  const counts = packetCounts(units);
  const clocks = units.map(clocksAfter);
  const total = [...counts, ...clocks.map((list) => list.length)].reduce((sum, count) => sum + count, 2);
  const bytes = new Uint8Array(total * PACKET_BYTES);
  writeTable(bytes, 0, PAT_PID, number, programAssociation());
  writeTable(bytes, PACKET_BYTES, PMT_PID, number, programMap([{ pid: MEDIA_PID, type: streamType }]));
  let at = 2 * PACKET_BYTES;
  let counter = 0;
  for (const [index, unit] of units.entries()) {
    const count = counts[index] ?? 0;
    at = writeUnit(bytes, at, unit, count, counter);
    counter += count;
    for (const clock of clocks[index] ?? []) at = writeClock(bytes, at, clock, counter - 1);
  }
  return bytes;
}

/** A packet of a table: a pointer of 0, the section, and ones to its end (§2.4.4). */
export function writeTable(
  bytes: Uint8Array,
  at: number,
  pid: number,
  counter: number,
  section: Uint8Array,
): void {
  const payload = new Uint8Array(ROOM).fill(0xff);
  payload[0] = 0;
  payload.set(section, 1);
  writePacket(bytes, at, { pid, counter, starts: true, clock: null, randomAccess: false, payload });
}

/** How many packets each unit takes. */
function packetCounts(units: readonly Unit[]): number[] {
  const counts = units.map(({ pes }) => Math.ceil((pes.byteLength + CLOCK_BYTES) / ROOM));
  let missing = -counts.reduce((sum, count) => sum + count, 0) & (COUNTERS - 1);
  for (let index = units.length - 1; index >= 0 && missing > 0; index--) {
    const count = counts[index] ?? 0;
    const more = Math.min(missing, (units[index]?.pes.byteLength ?? 0) - count);
    counts[index] = count + more;
    missing -= more;
  }
  return counts;
}

/** As much into each packet as leaves a byte for each of those behind it. */
function writeUnit(bytes: Uint8Array, start: number, unit: Unit, count: number, counter: number): number {
  const { pes, dts, randomAccess } = unit;
  let taken = 0;
  for (let index = 0; index < count; index++) {
    const starts = index === 0;
    const room = starts ? ROOM - CLOCK_BYTES : ROOM;
    const size = Math.min(room, pes.byteLength - taken - (count - 1 - index));
    writePacket(bytes, start + index * PACKET_BYTES, {
      ...{ pid: MEDIA_PID, counter: counter + index, starts, randomAccess: starts && randomAccess },
      clock: starts ? wrap(dts - LEAD) : null,
      payload: pes.subarray(taken, taken + size),
    });
    taken += size;
  }
  return start + count * PACKET_BYTES;
}

/** Clock references of their own, where the next unit is further away than these may be apart. */
function clocksAfter({ dts, duration }: Unit): Ticks[] {
  const count = Math.min(CLOCKS_MAX, Math.ceil(duration / LEAD) - 1);
  return Array.from({ length: Math.max(0, count) }, (_, index) => wrap(dts + index * LEAD));
}

/** A picture that lasts longer than 10 s is a break, which no clock has to bridge. */
const CLOCKS_MAX = 100;

/** Without payload a packet does not count: it repeats the counter before it (§2.4.3.3). */
function writeClock(bytes: Uint8Array, at: number, clock: Ticks, counter: number): number {
  const empty = { pid: MEDIA_PID, counter, starts: false, randomAccess: false, payload: new Uint8Array(0) };
  writePacket(bytes, at, { ...empty, clock });
  return at + PACKET_BYTES;
}
