import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Failure } from '../../runtime/failure.ts';
import { AnswerReader, type Arrival } from './answer-reader.ts';

/** An answer that does not come would hold the bench for ever. */
const ANSWER_MS = 15_000;

type Asking = {
  readonly reader: AnswerReader;
  readonly path: string;
  readonly resolve: (arrival: Arrival) => void;
  readonly reject: (problem: Failure) => void;
};

/** Viewers on bare sockets, the cheapest that can be: each asks for one thing at a time over a connection it keeps. */
export class Crowd {
  readonly #viewers: readonly Viewer[];

  private constructor(viewers: readonly Viewer[]) {
    this.#viewers = viewers;
  }

  /** Connects `count` viewers to a server. */
  static async connect(url: string, count: number): Promise<Crowd> {
    const { hostname, port } = new URL(url);
    const sockets = Array.from({ length: count }, () => connect(Number(port), hostname));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new Crowd(sockets.map((socket) => new Viewer(socket)));
  }

  /**
   * All ask for a path; resolves when all are answered, with the time of each on the clock of `performance`. Rejects
   * with Failure `child-failed` when one is not answered with a 200.
   */
  async ask(path: string): Promise<readonly Arrival[]> {
    const { promise, reject } = Promise.withResolvers<never>();
    const late = setTimeout(() => reject(failed(path, 'no answer')), ANSWER_MS);
    const answers = Promise.all(this.#viewers.map((viewer) => viewer.ask(path)));
    return Promise.race([answers, promise]).finally(() => clearTimeout(late));
  }

  close(): void {
    for (const viewer of this.#viewers) viewer.close();
  }
}

class Viewer {
  readonly #socket: Socket;
  #asking: Asking | null = null;

  constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (bytes: Uint8Array) => this.#take(bytes));
    socket.on('close', () => this.#fail('the connection was closed'));
    socket.on('error', ({ message }) => this.#fail(message));
  }

  ask(path: string): Promise<Arrival> {
    const { promise, resolve, reject } = Promise.withResolvers<Arrival>();
    this.#asking = { reader: new AnswerReader(), path, resolve, reject };
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`);
    return promise;
  }

  close(): void {
    this.#asking = null;
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    const progress = this.#asking?.reader.push(bytes, performance.now());
    if (progress?.kind === 'broken') this.#fail(progress.problem);
    if (progress?.kind !== 'whole') return;
    const asking = this.#asking;
    this.#asking = null;
    asking?.resolve(progress.arrival);
  }

  #fail(problem: string): void {
    const asking = this.#asking;
    this.#asking = null;
    asking?.reject(failed(asking.path, problem));
  }
}

const failed = (path: string, problem: string) =>
  new Failure('child-failed', `${path} was not answered: ${problem}`, 'See what the server says');
