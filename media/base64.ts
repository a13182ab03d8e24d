/** The bytes of Base64 text (RFC 4648 §4, §5), with its padding or without; null for other text. */
export function fromBase64(text: string): Uint8Array | null {
  try {
    const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
    return Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** The Base64 text of bytes, with its padding (RFC 4648 §4). */
export const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
