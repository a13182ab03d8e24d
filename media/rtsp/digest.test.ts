import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { type Answer, parse, printAnswer, printChallenge, responseOf, secretOf } from './digest.ts';

const hashOf = (name: 'md5' | 'sha256') => (text: string) => createHash(name).update(text).digest('hex');

/** The examples of RFC 7616 §3.9.1. */
const MUFASA = {
  user: 'Mufasa',
  realm: 'http-auth@example.org',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  uri: '/dir/index.html',
  count: { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
} as const;
const OF_MD5: Answer = { ...MUFASA, algorithm: 'MD5', response: '8ca523f5e9506fed4657c9700eebdbec' };
const OF_SHA256: Answer = {
  ...{ ...MUFASA, algorithm: 'SHA-256' },
  response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
};
/** The older form, as RTSP clients use it. */
const PLAIN: Answer = { ...OF_MD5, count: null, response: '0'.repeat(32) };

describe('digest authentication', () => {
  test.each([
    ['MD5', OF_MD5, 'md5'],
    ['SHA-256', OF_SHA256, 'sha256'],
  ] as const)('with %s is that of the standard', (_, answer, name) => {
    const hash = hashOf(name);
    const secret = secretOf(answer.user, answer.realm, 'Circle of Life', hash);
    expect(responseOf(answer, 'GET', secret, hash)).toBe(answer.response);
    expect(responseOf(answer, 'POST', secret, hash)).not.toBe(answer.response);
  });

  test('without counting is that of RFC 2069', () => {
    const hash = hashOf('md5');
    const asked = { nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', uri: '/dir/index.html', count: null };
    // RFC 2069 §2.4 with the correction of its erratum 749.
    const secret = secretOf('Mufasa', 'testrealm@host.com', 'CircleOfLife', hash);
    expect(responseOf(asked, 'GET', secret, hash)).toBe('1949323746fe6a43ef61f9606e7febea');
  });

  test.each([
    ['of MD5', OF_MD5],
    ['of SHA-256', OF_SHA256],
    ['without counting', PLAIN],
    ['with quotes in a name', { ...PLAIN, user: 'a "b\\c" d, e=f' }],
  ])('answers %s are read as they are printed', (_, answer) => {
    expect(parse(printAnswer(answer))).toEqual(answer);
  });

  test('an answer of ffmpeg is read', () => {
    const header =
      'Digest username="viewer", realm="headwater", nonce="abc", uri="rtsp://127.0.0.1:8554/demo", response="5CCC069C403EBAF9F0171E9517F40E41"';
    expect(parse(header)).toEqual({
      ...{ user: 'viewer', realm: 'headwater', nonce: 'abc', uri: 'rtsp://127.0.0.1:8554/demo' },
      ...{ response: '5ccc069c403ebaf9f0171e9517f40e41', algorithm: 'MD5', count: null },
    });
  });

  test.each([
    ...['', 'Digest', 'Basic YTpi', 'Digest username=a', 'Digest username="a', 'Digest a b c'],
    'Digest username="a", username="b", realm="r", nonce="n", uri="u", response="00"',
    'Digest username="a", realm="r", nonce="n", uri="u", response="xyz"',
    'Digest username="a", realm="r", nonce="n", uri="u", response="00", algorithm=MD5-sess',
    'Digest username="a", realm="r", nonce="n", uri="u", response="00", qop=auth-int, nc=1, cnonce="c"',
    'Digest username="a", realm="r", nonce="n", uri="u", response="00", qop=auth',
  ])('%j is no answer', (header) => {
    expect(parse(header)).toBeNull();
  });

  test('any text is an answer or none', () => {
    brokenBytes(new TextEncoder().encode(printAnswer(OF_MD5)), (bytes) =>
      parse(new TextDecoder().decode(bytes)),
    );
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => parse(`Digest ${text}`) === null));
  });

  test('a challenge says what is needed', () => {
    const plain = {
      realm: 'head"water',
      nonce: 'n1',
      algorithm: 'MD5',
      counts: false,
      stale: false,
    } as const;
    expect(printChallenge(plain)).toBe('Digest realm="head\\"water", nonce="n1"');
    expect(printChallenge({ ...plain, realm: 'r', algorithm: 'SHA-256', counts: true, stale: true })).toBe(
      'Digest realm="r", nonce="n1", algorithm=SHA-256, qop="auth", stale=true',
    );
  });
});
