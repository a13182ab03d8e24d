import { find, write } from '../web/dom.ts';

/** How long the button says that it did its work. */
const THANKS_MS = 1_600;

/** The address of a stream for other players, with a button that copies it. */
export class Elsewhere {
  readonly #box: HTMLElement;
  readonly #address: HTMLInputElement;
  readonly #button: HTMLButtonElement;

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#address = find(box, 'input', HTMLInputElement);
    this.#button = find(box, 'button', HTMLButtonElement);
    this.#address.addEventListener('focus', () => this.#address.select());
    this.#button.addEventListener('click', () => void this.#copy());
  }

  show(url: string | null): void {
    this.#box.hidden = url === null;
    if (url !== null && this.#address.value !== url) this.#address.value = url;
  }

  async #copy(): Promise<void> {
    this.#address.select();
    // Pages on plain HTTP have no clipboard: there the address stays selected, to be copied by hand.
    await navigator.clipboard?.writeText(this.#address.value).then(
      () => this.#thank(),
      () => {},
    );
  }

  #thank(): void {
    write(this.#button, 'Copied');
    setTimeout(() => write(this.#button, 'Copy'), THANKS_MS);
  }
}
