import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** With the one before it kept, a process has 20 MB of log at most: weeks of warnings, hours of debugging. */
export const LOG_MAX_BYTES = 10 * 1024 * 1024;

/** A process's log, appended to. At its bound it becomes `<path>.1`, over the one before, and starts anew. */
export class LogFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #fd: number;
  #size: number;

  constructor(path: string, maxBytes = LOG_MAX_BYTES) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#fd = openSync(path, 'a');
    this.#size = fstatSync(this.#fd).size;
  }

  /** Appends a line. A disk that is full costs the line, and never the cluster. */
  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    try {
      if (this.#size + bytes.byteLength > this.#maxBytes) this.#rotate();
      this.#size += writeSync(this.#fd, bytes);
    } catch {}
  }

  close(): void {
    closeSync(this.#fd);
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`);
    const next = openSync(this.#path, 'a');
    closeSync(this.#fd);
    this.#fd = next;
    this.#size = 0;
  }
}
