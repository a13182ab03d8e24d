import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { EXTENSIONS, type Extension, type Handshake, STAGES } from '../../../media/srt/handshake.ts';
import { FLAGS, printSettings } from '../../../media/srt/settings.ts';
import type { Admission, Claim, RefusalCode } from '../door.ts';
import { receive } from './reception.ts';

function words(text: string): Uint8Array {
  const filled = new Uint8Array(Math.ceil(text.length / 4) * 4);
  filled.set(new TextEncoder().encode(text));
  return filled.map((_, index) => filled[index ^ 3] ?? 0);
}

const settings = (flags = 0xbf): Extension => ({
  type: EXTENSIONS.settingsRequest,
  content: printSettings({ version: 0x010501, flags, receiverDelayMs: 0, senderDelayMs: 200 }),
});
const streamId = (text: string): Extension => ({ type: EXTENSIONS.streamId, content: words(text) });
const extension = (type: number, text: string): Extension => ({ type, content: words(text) });

const asking = (extensions: readonly Extension[], version = 5): Handshake => ({
  ...{ version, encryption: 0, extensionField: 5, initialSequence: 1, mtu: 1_500, flowWindow: 8_192 },
  ...{ stage: STAGES.conclusion, socket: 9, cookie: 3, peerAddress: new Uint8Array(16), extensions },
});

/** Keeps what it was asked, and how often it was let go. */
function house(refusal: RefusalCode | null = null) {
  const claims: Claim[] = [];
  const released: string[] = [];
  const admit = (claim: Claim): Admission => {
    claims.push(claim);
    if (refusal !== null) return { kind: 'refused', code: refusal, reason: `because ${refusal}` };
    const release = () => released.push(claim.presentation);
    return {
      kind: 'admitted',
      publishing: { signal: new AbortController().signal, take: async () => {}, release },
    };
  };
  return { claims, released, admit };
}

const GOOD = [settings(), streamId('publish:studio:secret')];

describe('a caller', () => {
  test('who may publish is admitted', () => {
    const { admit, claims } = house();
    const reception = receive(asking(GOOD), '192.0.2.1', { admit });
    expect(reception).toMatchObject({ kind: 'admitted', claim: { presentation: 'studio' }, keys: null });
    expect(claims).toEqual([{ door: 'srt', presentation: 'studio', key: 'secret', address: '192.0.2.1' }]);
  });

  test.each<[RefusalCode, number]>([
    ['unknown-channel', 1_404],
    ['wrong-key', 1_401],
    ['taken', 1_409],
    ['stopped', 1_423],
    ['not-published-to', 1_403],
  ])('who is refused because of %s hears %p', (refusal, code) => {
    const reception = receive(asking(GOOD), '192.0.2.1', house(refusal));
    expect(reception).toEqual({
      kind: 'refused',
      presentation: 'studio',
      code,
      reason: `because ${refusal}`,
    });
  });

  test.each<[string, Handshake, number]>([
    ['is of an old version', asking(GOOD, 4), 8],
    ['says nothing of itself', asking([streamId('publish:studio:secret')]), 8],
    ['sends bytes without bounds', asking([settings(FLAGS.stream), GOOD[1] ?? settings()]), 12],
    ['sends a file', asking([...GOOD, extension(EXTENSIONS.congestion, 'file')]), 13],
    ['wants a packet filter', asking([...GOOD, extension(EXTENSIONS.filter, 'fec,cols:10')]), 14],
    ['is one of a group', asking([...GOOD, extension(EXTENSIONS.group, 'abcdefgh')]), 15],
    ['has no stream id', asking([settings()]), 1_400],
    ['has another stream id', asking([settings(), streamId('studio')]), 1_400],
    ['wants to watch', asking([settings(), streamId('#!::r=studio,m=request')]), 1_405],
    ['encrypts', asking([...GOOD, extension(EXTENSIONS.keyMaterialRequest, 'x')]), 11],
  ])('who %s is refused before anybody is asked', (_, handshake, code) => {
    const { admit, claims } = house();
    expect(receive(handshake, '192.0.2.1', { admit })).toMatchObject({ kind: 'refused', code });
    expect(claims).toEqual([]);
  });

  test('who says that it is live is so', () => {
    const handshake = asking([...GOOD, extension(EXTENSIONS.congestion, 'live')]);
    expect(receive(handshake, '192.0.2.1', house()).kind).toBe('admitted');
  });

  test('who does not encrypt, and has to, is refused', () => {
    const { admit, claims } = house();
    expect(receive(asking(GOOD), '192.0.2.1', { admit, passphrase: 'a passphrase' })).toMatchObject({
      code: 11,
    });
    expect(claims).toEqual([]);
  });

  test('with another passphrase is refused, and its channel is free again', () => {
    const { admit, released } = house();
    const handshake = asking([...GOOD, extension(EXTENSIONS.keyMaterialRequest, 'no key material')]);
    expect(receive(handshake, '192.0.2.1', { admit, passphrase: 'a passphrase' })).toMatchObject({
      code: 10,
    });
    expect(released).toEqual(['studio']);
  });

  test('of whatever kind is answered, and never throws', () => {
    const extensions = fc.array(
      fc.record({ type: fc.integer({ min: 0, max: 9 }), content: fc.uint8Array({ maxLength: 64 }) }),
      { maxLength: 6 },
    );
    const { admit } = house();
    fc.assert(
      fc.property(extensions, fc.boolean(), (list, isGood) => {
        const handshake = asking(isGood ? [...GOOD, ...list] : list);
        const reception = receive(handshake, '192.0.2.1', { admit, passphrase: 'a passphrase' });
        expect(['admitted', 'refused']).toContain(reception.kind);
      }),
      { numRuns: Number(process.env.HEADWATER_FUZZ_RUNS ?? 500) },
    );
  });
});
