import { describe, expect, test } from 'bun:test';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { FUZZ_RUNS } from '../tests/broken-bytes.ts';
import { claims, KEY, KEYS, SPARE, tokenOf } from '../tests/tokens.ts';
import { PresentationId } from './ids.ts';
import { asCredentials, type Claims, ofUser, parse, print, TOKEN_MAX_CHARS, TokenId } from './token.ts';
import { keyOf, TokenKeysSetting } from './token-keys.ts';

const NOW = 1_795_000_000_000;

const CASES: readonly [string, Partial<Claims>][] = [
  ['of a viewer', {}],
  ['for one address', { address: '2001:db8::1' }],
  ['that counts sessions', { sessionsMax: 3 }],
  ['of a session', { sessionsMax: 3, session: TokenId.parse('mi7d2k1x-abcdefghijkl') }],
  ['for somebody', { subject: 'Zoë in room 12 · à la carte' }],
  [
    'of all that it can say',
    {
      presentation: PresentationId.parse(`a${'b'.repeat(63)}`),
      id: TokenId.parse('i'.repeat(32)),
      address: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      sessionsMax: 1_000,
      session: TokenId.parse('s'.repeat(32)),
      subject: '\u{1f3ac}'.repeat(50),
    },
  ],
];

describe('a token', () => {
  test.each(CASES)('%s is read as it was written', (_, change) => {
    const said = claims(NOW, change);
    const token = print(said, KEY);
    expect(parse(token, KEYS)).toEqual(said);
    expect(token).toMatch(/^[\w.-]+$/);
    expect(token.length).toBeLessThan(TOKEN_MAX_CHARS);
  });

  test('of a key that does not sign any more, or not yet, is read', () => {
    expect(parse(tokenOf(NOW, {}, SPARE), KEYS)).toEqual(claims(NOW));
    expect(parse(tokenOf(NOW, {}, SPARE), [KEY])).toBeNull();
  });

  test('can be made by anybody who has a key, in any language', () => {
    const packed = Buffer.from('{"p":"bbb","e":1795003600,"i":"token-of-a-viewer"}').toString('base64url');
    const signed = `${KEY.id}.${packed}`;
    const hmac = createHmac('sha256', KEY.secret).update(`headwater play\n${signed}`).digest('base64url');
    expect(`${signed}.${hmac.slice(0, 22)}`).toBe(tokenOf(NOW));
  });

  test('is a name and a password, and the name tells who has a key the password', () => {
    const token = tokenOf(NOW);
    const { user, password } = asCredentials(token);
    expect(ofUser(user, KEYS)).toBe(`${user}.${password}`);
    expect(ofUser(user, [SPARE])).toBeNull();
    // ffmpeg (5.1) takes 127 characters of a name and a password in an URL.
    expect(token.length).toBeLessThan(128);
  });

  test('of which one character is another is none', () => {
    const token = tokenOf(NOW);
    const other = fc.tuple(fc.nat(token.length - 1), fc.constantFrom(...'abcXYZ019-_.= '));
    fc.assert(
      fc.property(other, ([at, character]) => {
        const forged = token.slice(0, at) + character + token.slice(at + 1);
        expect(parse(forged, KEYS) === null).toBe(forged !== token);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  test.each([
    ['empty', ''],
    ['a word', 'admin'],
    ['of another key', tokenOf(NOW, {}, keyOf('x'.repeat(32)))],
    ['without a signature', tokenOf(NOW).replace(/\.[^.]*$/, '')],
    ['with an empty signature', tokenOf(NOW).replace(/[^.]*$/, '')],
    ['twice as long', tokenOf(NOW) + tokenOf(NOW)],
    ['too long', `${tokenOf(NOW)}${'a'.repeat(TOKEN_MAX_CHARS)}`],
  ])('that is %s is none', (_, text) => {
    expect(parse(text, KEYS)).toBeNull();
  });

  test('that is signed but says what we do not know is none', () => {
    const said = { p: 'bbb', e: 1_795_003_600, i: 'token-of-a-viewer' };
    const wrong = [{ ...said, x: 1 }, { ...said, p: '../etc' }, { ...said, e: 'never' }, { p: 'bbb' }, [], 1];
    for (const one of [...wrong, { ...said, a: '::0001' }, { ...said, n: 0 }]) {
      const signed = `${KEY.id}.${Buffer.from(JSON.stringify(one)).toString('base64url')}`;
      expect(parse(ofUser(signed, KEYS) ?? '', KEYS)).toBeNull();
    }
  });
});

describe('keys', () => {
  test.each([
    [null, 0],
    ['', 0],
    ['a'.repeat(32), 1],
    [` ${'a'.repeat(32)} , ${'b'.repeat(43)}`, 2],
  ])('of %p', (text, count) => {
    expect(TokenKeysSetting.parse(text)).toHaveLength(count);
  });

  test.each(['short', `${'a'.repeat(32)},short`, 'ä'.repeat(32), Array(5).fill('a'.repeat(32)).join()])(
    'are not %p',
    (text) => expect(TokenKeysSetting.safeParse(text).success).toBe(false),
  );
});
