/** Media keys, wrapped with a key that both sides make of their passphrase (draft-sharabayko-srt §3.2.2). */
export type KeyMaterial = {
  /** In this order, one behind the other. */
  readonly parities: readonly Parity[];
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** Of one media key. */
  readonly keyBytes: 16 | 24 | 32;
  /** An integrity check of 8 bytes, and the keys. */
  readonly wrapped: Uint8Array;
};

/** Which of its two keys a packet is encrypted with. */
export type Parity = 'even' | 'odd';

const HEAD_BYTES = 16;
const SALT_BYTES = 16;

/** Version 1, packet type 2, and the signature. */
const SIGNATURE = 0x1220_29;

const AES_CTR = 2;

const PARITIES: Readonly<Record<number, readonly Parity[]>> = { 1: ['even'], 2: ['odd'], 3: ['even', 'odd'] };

/** Null when it can't be one, or asks for another cipher than AES in counter mode. */
export function parseKeyMaterial(message: Uint8Array): KeyMaterial | null {
  if (message.byteLength < HEAD_BYTES + SALT_BYTES) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const parities = PARITIES[view.getUint8(3) & 3];
  const keyBytes = view.getUint8(15) * 4;
  if (view.getUint32(0) >>> 8 !== SIGNATURE || view.getUint8(8) !== AES_CTR) return null;
  if (parities === undefined || view.getUint8(14) * 4 !== SALT_BYTES) return null;
  if (keyBytes !== 16 && keyBytes !== 24 && keyBytes !== 32) return null;
  const wrapped = message.subarray(HEAD_BYTES + SALT_BYTES);
  if (wrapped.byteLength !== 8 + parities.length * keyBytes) return null;
  return { parities, salt: message.subarray(HEAD_BYTES, HEAD_BYTES + SALT_BYTES), keyBytes, wrapped };
}
