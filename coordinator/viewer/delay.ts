import { find, write } from '../web/dom.ts';

/** What the switch offers, and what it has done. */
const OFFER = 'Watch it less than half a second behind, over WebRTC';
const DONE = 'Less than half a second behind, over WebRTC';

/** The switch for the lowest delay. It stays as the viewer left it, from one channel to the next. */
export class Delay {
  readonly #box: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #note: HTMLElement;

  /** `onChange` is told when the viewer turned it. */
  constructor(box: HTMLElement, onChange: () => void) {
    this.#box = box;
    this.#input = find(box, 'input', HTMLInputElement);
    this.#note = find(box, '.delay-note', HTMLElement);
    this.#say(OFFER, false);
    this.#input.addEventListener('change', () => {
      this.#say(this.isLowest ? DONE : OFFER, false);
      onChange();
    });
  }

  get isLowest(): boolean {
    return this.#input.checked;
  }

  /** Shows it where there is a choice. */
  offer(offered: boolean): void {
    this.#box.hidden = !offered;
  }

  /** Turns it off, and says why. */
  giveUp(sentence: string): void {
    this.#input.checked = false;
    this.#say(`${sentence} You are a few seconds behind instead.`, true);
  }

  #say(sentence: string, isTrouble: boolean): void {
    write(this.#note, sentence);
    this.#note.classList.toggle('failed', isTrouble);
  }
}
