import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Failure } from '../../runtime/failure.ts';
import * as Process from '../../runtime/process.ts';
import { type Core, pinned } from './pin.ts';

/** A program of a bench that is asked with a line on its standard input, and answers with one. */
export class Companion {
  readonly pid: number;
  readonly stop: () => Promise<unknown>;
  readonly #name: string;
  readonly #asked: (line: string) => void;
  readonly #said: AsyncIterator<string>;
  readonly #errors: readonly string[];

  private constructor(
    name: string,
    child: Process.Child,
    asked: (line: string) => void,
    errors: readonly string[],
  ) {
    this.pid = child.pid;
    this.stop = child.stop;
    this.#name = name;
    this.#asked = asked;
    this.#errors = errors;
    this.#said = createInterface({ input: Readable.from(child.output) })[Symbol.asyncIterator]();
  }

  /** Throws Failure `program-missing`. */
  static async start(core: Core, command: string, args: readonly string[]): Promise<Companion> {
    const errors: string[] = [];
    const lines = new Readable({ read() {} });
    const [pinnedCommand, pinnedArgs] = pinned(core, command, args);
    const child = await Process.start({
      command: pinnedCommand,
      args: pinnedArgs,
      input: lines,
      onErrorLine: (line) => errors.push(line) > 5 && errors.shift(),
    });
    return new Companion(command, child, (line) => lines.push(`${line}\n`), errors);
  }

  /** The numbers of the answer. Throws Failure `child-failed` when the program ended. */
  async ask(line: string): Promise<readonly number[]> {
    this.#asked(line);
    return (await this.line()).split(' ').map(Number);
  }

  /** What it says next. Throws Failure `child-failed` when the program ended. */
  async line(): Promise<string> {
    const { value, done } = await this.#said.next();
    if (!done) return value;
    throw new Failure('child-failed', `${this.#name} ended: ${this.#errors.join(' ')}`, 'Start it by hand');
  }
}
