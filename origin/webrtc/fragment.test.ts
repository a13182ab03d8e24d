import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { readFragment } from './fragment.ts';

const HOST = 'candidate:1 1 udp 2130706431 192.0.2.4 50000 typ host';
const RELAY = 'candidate:2 1 tcp 1 relay.example 443 typ relay raddr 192.0.2.4 rport 9 tcptype active';

describe('a fragment', () => {
  test('brings candidates, each for its section', () => {
    const text = `a=ice-ufrag:EsAw\r\na=ice-pwd:x\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=${HOST}\r\na=${RELAY}\r\na=end-of-candidates\r\n`;
    expect(readFragment(text)).toEqual({
      usernameFragment: 'EsAw',
      candidates: [
        { mid: '0', candidate: HOST },
        { mid: '0', candidate: RELAY },
      ],
      isComplete: true,
    });
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['JSON', '{"candidate":""}'],
    ['a candidate cut short', 'a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.4\r\n'],
    ['a candidate with a strange port', 'a=candidate:1 1 udp 1 192.0.2.4 5000000 typ host'],
    ['more candidates than there can be', Array.from({ length: 65 }, () => `a=${HOST}`).join('\n')],
  ])('%s is none', (_, text) => {
    expect(readFragment(text)).toBeNull();
  });

  test('is never made up', () => {
    const line = fc.constantFrom(
      'a=mid:0',
      `a=${HOST}`,
      'a=candidate:',
      'm=',
      'x',
      'a=end-of-candidates',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
        const fragment = readFragment(lines.join('\n'));
        for (const { candidate } of fragment?.candidates ?? []) expect(candidate).toStartWith('candidate:');
      }),
    );
  });
});
