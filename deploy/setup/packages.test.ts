import { expect, test } from 'bun:test';
import { matches } from './packages.mjs';

const bun = { version: '1.4.4', integrity: 'sha512-a' };
const forMac = { version: '1.4.4', integrity: 'sha512-b', optional: true };

test.each([
  ['the same', { '': {}, bun }, { bun }, true],
  ['an optional one left out', { '': {}, bun, forMac }, { bun }, true],
  ['an optional one added', { '': {}, bun }, { bun, forMac }, true],
  ['nothing installed', { '': {}, bun }, {}, false],
  ['another version', { '': {}, bun }, { bun: { ...bun, version: '1.4.3' } }, false],
  ['another content', { '': {}, bun }, { bun: { ...bun, integrity: 'sha512-c' } }, false],
  ['one too many', { '': {} }, { bun }, false],
])('%s', (_, wanted, installed, expected) => {
  expect(matches(wanted, installed)).toBe(expected);
});
