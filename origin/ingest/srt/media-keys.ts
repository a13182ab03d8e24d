import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { type KeyMaterial, type Parity, parseKeyMaterial } from '../../../media/srt/key-material.ts';
import type { Sequence } from '../../../media/srt/sequence.ts';

/** Of PBKDF2 (draft-sharabayko-srt §6.1.4). */
const ITERATIONS = 2_048;

type Key = { readonly bytes: Uint8Array; readonly salt: Uint8Array };

/** The keys of one connection, as its publisher sends them, one even and one odd so that they can be renewed. */
export class MediaKeys {
  readonly #passphrase: string;
  readonly #keys = new Map<Parity, Key>();

  constructor(passphrase: string) {
    this.#passphrase = passphrase;
  }

  /** Takes the keys of a message. False when it is malformed or wrapped with another passphrase. */
  install(message: Uint8Array): boolean {
    const material = parseKeyMaterial(message);
    const keys = material && unwrap(this.#wrappingKey(material), material.wrapped);
    if (!keys) return false;
    const { parities, keyBytes } = material;
    const salt = new Uint8Array(material.salt);
    for (const [index, parity] of parities.entries())
      this.#keys.set(parity, { bytes: keys.subarray(index * keyBytes, (index + 1) * keyBytes), salt });
    return true;
  }

  /** §6.1.4: of the passphrase and the last 64 bits of the salt, as long as a media key. */
  #wrappingKey({ salt, keyBytes }: KeyMaterial): Uint8Array {
    return pbkdf2Sync(this.#passphrase, salt.subarray(8), ITERATIONS, keyBytes, 'sha1');
  }

  /** §6.3.2. Null when the key is not known. */
  decrypt(payload: Uint8Array, parity: Parity, sequence: Sequence): Uint8Array | null {
    const key = this.#keys.get(parity);
    if (key === undefined) return null;
    const cipher = createDecipheriv(`aes-${key.bytes.byteLength * 8}-ctr`, key.bytes, counter(key, sequence));
    return cipher.update(payload);
  }
}

/** §6.1.2: the first 112 bits of the salt, with the number of the packet over their last 32, then 16 bits of count. */
function counter({ salt }: Key, sequence: Sequence): Uint8Array {
  const bytes = new Uint8Array(salt);
  const view = new DataView(bytes.buffer);
  view.setUint16(14, 0);
  view.setUint32(10, view.getUint32(10) ^ sequence);
  return bytes;
}

/** What the first block holds when the key fits (RFC 3394 §2.2.3.1). */
const INTEGRITY = 0xa6a6_a6a6_a6a6_a6a6n;

/** AES key unwrap (RFC 3394 §2.2.2); Bun's crypto has none of its own. Null when the key does not fit. */
function unwrap(wrappingKey: Uint8Array, wrapped: Uint8Array): Uint8Array | null {
  const cipher = createDecipheriv(`aes-${wrappingKey.byteLength * 8}-ecb`, wrappingKey, null);
  cipher.setAutoPadding(false);
  const blocks = wrapped.byteLength / 8 - 1;
  const out = new Uint8Array(wrapped.subarray(8));
  const block = new Uint8Array(16);
  block.set(wrapped.subarray(0, 8));
  const view = new DataView(block.buffer);
  for (let step = 6 * blocks; step > 0; step--) {
    const at = ((step - 1) % blocks) * 8;
    view.setUint32(4, view.getUint32(4) ^ step);
    block.set(out.subarray(at, at + 8), 8);
    block.set(cipher.update(block));
    out.set(block.subarray(8), at);
  }
  return view.getBigUint64(0) === INTEGRITY ? out : null;
}
