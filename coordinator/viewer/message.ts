import { find, write } from '../web/dom.ts';
import { showProgress } from './progress.ts';
import type { Notice } from './view.ts';

/** What the screen says while nothing plays on it. */
export class Message {
  readonly #box: HTMLElement;
  readonly #title: HTMLElement;
  readonly #text: HTMLElement;
  readonly #progress: HTMLElement;

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#title = find(box, '.message-title', HTMLElement);
    this.#text = find(box, '.message-text', HTMLElement);
    this.#progress = find(box, '.progress', HTMLElement);
  }

  /** Shows a notice, or makes room for the picture when it is null. */
  show(notice: Notice | null): void {
    this.#box.hidden = notice === null;
    write(this.#title, notice?.title ?? '');
    write(this.#text, notice?.text ?? '');
    showProgress(this.#progress, notice?.progress ?? null);
  }
}
