/** What every start code ends with. */
const START = Buffer.of(0, 0, 1);

/** The NAL units of a byte stream (ISO/IEC 14496-10 annex B), without start codes and the zeros around them. */
export function nalUnitsOf(bytes: Uint8Array): Uint8Array[] {
  const stream = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const units: Uint8Array[] = [];
  for (let at = stream.indexOf(START); at >= 0; ) {
    const from = at + START.length;
    const next = stream.indexOf(START, from);
    let end = next < 0 ? bytes.byteLength : next;
    while (end > from && bytes[end - 1] === 0) end -= 1;
    if (end > from) units.push(bytes.subarray(from, end));
    at = next;
  }
  return units;
}
