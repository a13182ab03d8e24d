import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { LogLine } from './logline.ts';

type Style = Parameters<typeof styleText>[0];
type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

const ERASE_LINE = '\r\x1b[2K';
const NAME_COLUMNS = 11;

/** Of a terminal that says nothing, or 0. */
const UNKNOWN_COLUMNS = 80;

const STYLES: Readonly<Record<LogLine['level'], Style>> = {
  trace: 'dim',
  debug: 'dim',
  info: 'reset',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};

/** What the user sees: lines, and on a terminal one line at the bottom that is redrawn. */
export class Terminal {
  readonly #output: Output;
  readonly #colours: boolean;
  #status = '';

  constructor(output: Output) {
    this.#output = output;
    this.#colours = output.isTTY === true && !process.env.NO_COLOR;
  }

  /** Whether a status line can be redrawn. */
  get isInteractive(): boolean {
    return this.#output.isTTY === true;
  }

  get columns(): number {
    return this.#output.columns || UNKNOWN_COLUMNS;
  }

  line(text: string): void {
    const erase = this.#status === '' ? '' : ERASE_LINE;
    this.#output.write(`${erase}${text}\n${this.#status}`);
  }

  /** Why it can't go on. It leaves by the other stream, for scripts that read only that. */
  error(text: string): void {
    this.status('');
    process.stderr.write(`${this.style('red', `headwater: ${text}`)}\n`);
  }

  /** What a process says, or what happens to it. */
  event(name: string, { level, message, facts }: LogLine, at = new Date()): void {
    const time = this.style('dim', at.toTimeString().slice(0, 8));
    const text = this.style(STYLES[level], [message, ...facts].join(' '));
    this.line(`${time} ${name.padEnd(NAME_COLUMNS)} ${text}`);
  }

  /** Redraws the bottom line; an empty one takes it away. Without a terminal nothing is shown. */
  status(text: string): void {
    if (!this.isInteractive || text === this.#status) return;
    this.#status = text;
    this.#output.write(`${ERASE_LINE}${text}`);
  }

  style(style: Style, text: string): string {
    return this.#colours ? styleText(style, text, { validateStream: false }) : text;
  }
}
