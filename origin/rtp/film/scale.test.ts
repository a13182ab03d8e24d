import { describe, expect, test } from 'bun:test';
import { chooseScale, isByKeys } from './scale.ts';

describe('a scale', () => {
  test.each([
    [1, 1, false],
    [0.1, 0.5, false],
    [2, 2, false],
    [2.5, 2.5, true],
    [100, 16, true],
    [-0.5, -1, true],
    [-3, -3, true],
    [-100, -16, true],
  ])('of %d that is asked for is %d', (asked, chosen, byKeys) => {
    expect(chooseScale(asked, true)).toBe(chosen);
    expect(isByKeys(chosen)).toBe(byKeys);
    expect(chooseScale(asked, false)).toBe(1);
  });
});
