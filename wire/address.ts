const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** An IP address in its one spelling (RFC 5952; IPv4 also where it comes in IPv6); null for what is none. */
export function canonicalAddress(text: string): string | null {
  const plain = MAPPED.exec(text)?.[1] ?? text;
  if (IPV4.test(plain)) return plain.split('.').map(Number).join('.');
  if (!plain.includes(':') || !/^[0-9a-f:.]{2,45}$/i.test(plain)) return null;
  const url = `http://[${plain}]/`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : null;
}
