import { describe, expect, test } from 'bun:test';
import type { Targets } from '../../../runtime/udp.ts';
import { Outbox } from './outbox.ts';

const packets = (count: number) => Array.from({ length: count }, (_, index) => Uint8Array.of(index, 0));

/** A system that takes so many datagrams at each call; it can be made full, or throw. */
class System {
  readonly log: string[] = [];
  answers: (number | Error)[] = [];

  to(name: string, count = 1): Targets {
    return {
      count,
      send: (datagrams, sent) => {
        const rest = datagrams.length * count - sent;
        const answer = this.answers.shift() ?? rest;
        if (answer instanceof Error) throw answer;
        const taken = Math.min(answer, rest);
        this.log.push(`${name} ${sent}+${taken}`);
        return taken;
      },
    };
  }
}

function open() {
  const later: (() => void)[] = [];
  const outbox = new Outbox((work) => later.push(work));
  return { outbox, system: new System(), later };
}

describe('an outbox', () => {
  test('sends at once what the system takes, and counts it', () => {
    const { outbox, system } = open();
    outbox.push(packets(3), system.to('a', 2));
    expect(system.log).toEqual(['a 0+6']);
    expect(outbox.counts).toEqual({ sent: 6, bytes: 12, dropped: 0, refused: 0, receivers: 0 });
    expect(outbox.waiting).toBe(0);
  });

  test('goes on where the system stopped, in order', () => {
    const { outbox, system } = open();
    system.answers = [2, 0];
    outbox.push(packets(3), system.to('a', 2));
    outbox.push(packets(1), system.to('b'));
    expect(outbox.waiting).toBe(5);
    outbox.drained();
    expect(system.log).toEqual(['a 0+2', 'a 2+0', 'a 2+4', 'b 0+1']);
    outbox.drained();
    expect(system.log).toHaveLength(4);
  });

  test('lets others have their turn', () => {
    const { outbox, system, later } = open();
    system.answers = [4_500];
    outbox.push(packets(5_000), system.to('a'));
    outbox.push(packets(1), system.to('b'));
    expect(later).toHaveLength(1);
    expect(system.log).toEqual(['a 0+4500']);
    later.shift()?.();
    expect(system.log).toEqual(['a 0+4500', 'a 4500+500', 'b 0+1']);
  });

  test('drops what would wait too long', () => {
    const { outbox, system } = open();
    system.answers = [0];
    outbox.push(packets(1_000), system.to('a', 150));
    outbox.push(packets(1_000), system.to('b', 150));
    expect(outbox.counts.dropped).toBe(150_000);
    outbox.drained();
    expect(outbox.counts.sent).toBe(150_000);
    expect(outbox.waiting).toBe(0);
  });

  test('leaves out a datagram that fails twice, but not one that hears of another one', () => {
    const { outbox, system } = open();
    system.answers = [new Error('of another'), 3];
    outbox.push(packets(3), system.to('a'));
    expect(outbox.counts).toMatchObject({ sent: 3, refused: 0 });
    system.answers = [1, new Error('of this'), new Error('of this')];
    outbox.push(packets(3), system.to('b'));
    expect(system.log).toEqual(['a 0+3', 'b 0+1', 'b 2+1']);
    expect(outbox.counts).toMatchObject({ sent: 5, refused: 1 });
  });

  test('sends nothing to nobody', () => {
    const { outbox, system } = open();
    outbox.push(packets(3), system.to('a', 0));
    expect(system.log).toEqual([]);
  });
});
