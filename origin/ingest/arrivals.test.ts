import { describe, expect, test } from 'bun:test';
import { Arrivals } from './arrivals.ts';

async function read(arrivals: Arrivals): Promise<string | Error> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of arrivals) parts.push(part);
  } catch (error) {
    return error as Error;
  }
  return Buffer.concat(parts).toString();
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('what arrives', () => {
  test('is read in order, whether it comes before or after it is asked for', async () => {
    const arrivals = new Arrivals();
    arrivals.push(bytes('a'));
    arrivals.push(bytes('b'));
    const reading = read(arrivals);
    await Promise.resolve();
    arrivals.push(bytes('c'));
    arrivals.end(null);
    expect(await reading).toBe('abc');
    expect(arrivals.push(bytes('d'))).toBeFalse();
  });

  test('may end with an error, the first of several', async () => {
    const arrivals = new Arrivals();
    arrivals.end(new Error('gone'));
    arrivals.end(null);
    expect(await read(arrivals)).toEqual(new Error('gone'));
  });

  test('is bounded', async () => {
    const arrivals = new Arrivals();
    let pushed = 0;
    while (arrivals.push(new Uint8Array(1_000_000))) pushed += 1;
    expect(pushed).toBe(16);
    expect(await read(arrivals)).toEqual(new Error('what is sent is packaged too slowly'));
  });
});
