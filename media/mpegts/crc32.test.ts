import { expect, test } from 'bun:test';
import { crc32 } from './crc32.ts';
import { MEDIA_PID, programAssociation, programMap, STREAM_TYPES } from './section.ts';

test('the CRC of the nine digits is the one that catalogues of CRCs give for MPEG-2', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0x0376_e6e7);
});

test('over a whole section it is 0', () => {
  expect(crc32(programAssociation())).toBe(0);
  const streams = Object.values(STREAM_TYPES).map((type, index) => ({ pid: MEDIA_PID + index, type }));
  for (const stream of streams) expect(crc32(programMap([stream]))).toBe(0);
  expect(crc32(programMap(streams))).toBe(0);
  expect(crc32(programMap(streams).with(4, 9))).not.toBe(0);
});
