import { expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './logfile.ts';

test('is appended to, and keeps two bounded files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-log-'));
  const path = join(folder, 'logs', 'edge-1.log');
  const write = (lines: readonly string[]) => {
    const file = new LogFile(path, 12);
    for (const line of lines) file.write(line);
    file.close();
  };
  try {
    write(['one']);
    write(['two', 'three']);
    expect(readFileSync(path, 'utf8')).toBe('three\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\ntwo\n');
    write(['four', 'five', 'six']);
    expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['edge-1.log', 'edge-1.log.1']);
    expect(readFileSync(path, 'utf8')).toBe('five\nsix\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
