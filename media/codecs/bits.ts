import { MalformedBox } from '../isobmff/box.ts';

/** Leading zeros of the longest Exp-Golomb code that a parameter set may hold: its value is below 2^32. */
const ZEROS_MAX = 31;

/** Reads bits, the most significant first. Reading behind the end throws MalformedBox. */
export class Bits {
  readonly #bytes: Uint8Array;
  readonly #where: string;
  #at = 0;

  /** `where` names what is read, for the error. */
  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#where = where;
  }

  /** Bits that are left. */
  get left(): number {
    return this.#bytes.byteLength * 8 - this.#at;
  }

  /** An unsigned number of up to 32 bits. */
  read(count: number): number {
    if (count > this.left) throw new MalformedBox(this.#where, 'cut short');
    let value = 0;
    for (let done = 0; done < count; ) {
      const offset = this.#at & 7;
      const take = Math.min(8 - offset, count - done);
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 ** take + ((byte >> (8 - offset - take)) & (2 ** take - 1));
      this.#at += take;
      done += take;
    }
    return value;
  }

  flag(): boolean {
    return this.read(1) === 1;
  }

  skip(count: number): void {
    if (count > this.left) throw new MalformedBox(this.#where, 'cut short');
    this.#at += count;
  }

  /** An unsigned Exp-Golomb code, `ue(v)` (ISO/IEC 14496-10 §9.1). */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > ZEROS_MAX) throw new MalformedBox(this.#where, 'a number that is too large');
    }
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** A signed Exp-Golomb code, `se(v)` (ISO/IEC 14496-10 §9.1.1). */
  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}

/** The payload of a NAL unit without its emulation prevention bytes (ISO/IEC 14496-10 §7.4.1). */
export function rawPayload(unit: Uint8Array): Uint8Array {
  const payload = new Uint8Array(unit.byteLength);
  let length = 0;
  let zeros = 0;
  for (const byte of unit) {
    const isPrevention = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    if (isPrevention) continue;
    payload[length] = byte;
    length += 1;
  }
  return payload.subarray(0, length);
}
