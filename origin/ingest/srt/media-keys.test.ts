import { describe, expect, test } from 'bun:test';
import { createCipheriv, pbkdf2Sync } from 'node:crypto';
import fc from 'fast-check';
import { MediaKeys } from './media-keys.ts';

const PASSPHRASE = 'correct horse battery';
const SALT = Uint8Array.from({ length: 16 }, (_, index) => index * 3);

/** AES key wrap (RFC 3394 §2.2.1). */
function wrap(wrappingKey: Uint8Array, keys: Uint8Array): Uint8Array {
  const out = Buffer.concat([Buffer.alloc(8, 0xa6), keys]);
  const blocks = keys.byteLength / 8;
  for (let step = 1; step <= 6 * blocks; step++) {
    const at = 8 + ((step - 1) % blocks) * 8;
    const cipher = createCipheriv(`aes-${wrappingKey.byteLength * 8}-ecb`, wrappingKey, null);
    const block = cipher
      .setAutoPadding(false)
      .update(Buffer.concat([out.subarray(0, 8), out.subarray(at, at + 8)]));
    block.writeUInt32BE((block.readUInt32BE(4) ^ step) >>> 0, 4);
    block.copy(out, 0, 0, 8);
    block.copy(out, at, 8, 16);
  }
  return out;
}

function message(parities: number, keyBytes: number, keys: Uint8Array, passphrase = PASSPHRASE): Uint8Array {
  const wrappingKey = pbkdf2Sync(passphrase, SALT.subarray(8), 2_048, keyBytes, 'sha1');
  const head = [0x12, 0x20, 0x29, parities, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 4, keyBytes / 4];
  return Buffer.concat([Uint8Array.from(head), SALT, wrap(wrappingKey, keys)]);
}

function encrypt(key: Uint8Array, sequence: number, text: string): Uint8Array {
  const counter = Buffer.from(SALT);
  counter.writeUInt16BE(0, 14);
  counter.writeUInt32BE((counter.readUInt32BE(10) ^ sequence) >>> 0, 10);
  return createCipheriv(`aes-${key.byteLength * 8}-ctr`, key, counter).update(text);
}

const keyOf = (bytes: number, fill: number) => new Uint8Array(bytes).fill(fill);
const textOf = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString();

describe.each([16, 24, 32])('keys of %p bytes', (bytes) => {
  const [even, odd] = [keyOf(bytes, 1), keyOf(bytes, 2)];

  test('are unwrapped, one or two at a time, and decrypt', () => {
    const keys = new MediaKeys(PASSPHRASE);
    expect(keys.install(message(1, bytes, even))).toBeTrue();
    expect(textOf(keys.decrypt(encrypt(even, 9, 'media'), 'even', 9))).toBe('media');
    expect(keys.decrypt(encrypt(odd, 9, 'media'), 'odd', 9)).toBeNull();
    expect(keys.install(message(3, bytes, Buffer.concat([keyOf(bytes, 3), odd])))).toBeTrue();
    expect(textOf(keys.decrypt(encrypt(odd, 0x7fff_ffff, 'media'), 'odd', 0x7fff_ffff))).toBe('media');
    expect(textOf(keys.decrypt(encrypt(keyOf(bytes, 3), 1, 'media'), 'even', 1))).toBe('media');
  });

  test('stay as they are when a message can not be read', () => {
    const keys = new MediaKeys(PASSPHRASE);
    keys.install(message(1, bytes, even));
    expect(keys.install(message(1, bytes, odd, 'another passphrase'))).toBeFalse();
    expect(textOf(keys.decrypt(encrypt(even, 9, 'media'), 'even', 9))).toBe('media');
  });
});

test('a message is left as it was', () => {
  const sent = message(1, 16, keyOf(16, 1));
  const before = sent.toString();
  new MediaKeys(PASSPHRASE).install(sent);
  expect(sent.toString()).toBe(before);
});

describe('key material', () => {
  const good = message(1, 16, keyOf(16, 1));

  test.each([
    ['is empty', good.subarray(0, 0)],
    ['is cut short', good.subarray(0, good.byteLength - 1)],
    ['is too long', Buffer.concat([good, new Uint8Array(8)])],
    ...[0, 1, 3, 8, 14, 15].map(
      (at) => [`is wrong at ${at}`, good.map((byte, index) => (index === at ? 0 : byte))] as const,
    ),
  ] as const)('that %s is refused', (_, bytes) => {
    expect(new MediaKeys(PASSPHRASE).install(bytes)).toBeFalse();
  });

  test('that is changed anywhere is refused, and never throws', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: good.byteLength - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const bytes = good.map((byte, index) => (index === at ? byte ^ change : byte));
          const isUnusedSalt = at < 24;
          expect(new MediaKeys(PASSPHRASE).install(bytes)).toBe(isUnusedSalt);
        },
      ),
      { numRuns: 100 },
    );
  });
});
