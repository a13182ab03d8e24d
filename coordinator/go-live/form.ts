import { find, write } from '../web/dom.ts';
import { devices, type Source, type Wish } from './capture.ts';
import type { Credentials } from './credentials.ts';

/** What the person chooses. */
export class Form {
  readonly #form: HTMLFormElement;
  readonly #channel: HTMLInputElement;
  readonly #key: HTMLInputElement;
  readonly #camera: HTMLSelectElement;
  readonly #microphone: HTMLSelectElement;
  readonly #complaint: HTMLElement;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#channel = find(form, '#channel', HTMLInputElement);
    this.#key = find(form, '#key', HTMLInputElement);
    this.#camera = find(form, '#camera', HTMLSelectElement);
    this.#microphone = find(form, '#microphone', HTMLSelectElement);
    this.#complaint = find(form, '.complaint', HTMLElement);
    form.addEventListener('change', () => this.#showSource());
  }

  get credentials(): Credentials {
    return { channel: this.#channel.value.trim(), key: this.#key.value.trim() };
  }

  get wish(): Wish {
    return { source: this.#source, camera: this.#camera.value, microphone: this.#microphone.value };
  }

  get #source(): Source {
    return new FormData(this.#form).get('source') === 'screen' ? 'screen' : 'camera';
  }

  fill(channel: string, key: string): void {
    this.#channel.value = channel;
    this.#key.value = key;
  }

  /** While something is published nothing can be chosen, but it can be stopped. */
  show(isPublishing: boolean, complaint: string | null): void {
    for (const field of this.#form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select'))
      field.disabled = isPublishing;
    this.#button('.show').hidden = this.#button('.start').hidden = isPublishing;
    this.#button('.stop').hidden = !isPublishing;
    this.#complaint.hidden = complaint === null;
    write(this.#complaint, complaint ?? '');
  }

  /** Puts the devices that there are into the lists, and keeps what was chosen. */
  async listDevices(): Promise<void> {
    fillList(this.#camera, await devices('videoinput'), 'Default camera', 'No camera');
    fillList(this.#microphone, await devices('audioinput'), 'Default microphone', 'No microphone');
  }

  onPreview(act: () => void): void {
    this.#button('.show').addEventListener('click', act);
  }

  onStart(act: () => void): void {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      act();
    });
  }

  onStop(act: () => void): void {
    this.#button('.stop').addEventListener('click', act);
  }

  /** Another source or device was chosen. */
  onChange(act: () => void): void {
    this.#form.addEventListener('change', ({ target }) => {
      if (
        target instanceof HTMLSelectElement ||
        (target instanceof HTMLInputElement && target.type === 'radio')
      )
        act();
    });
  }

  #button(selector: string): HTMLButtonElement {
    return find(this.#form, selector, HTMLButtonElement);
  }

  #showSource(): void {
    find(this.#form, '.camera-field', HTMLElement).hidden = this.#source === 'screen';
  }
}

function fillList(
  list: HTMLSelectElement,
  found: readonly { readonly id: string; readonly label: string }[],
  any: string,
  none: string,
): void {
  const chosen = list.value;
  const named = found.filter(({ id }) => id !== 'default').map(({ id, label }) => new Option(label, id));
  list.replaceChildren(new Option(any, ''), ...named, new Option(none, 'none'));
  list.value = [...list.options].some(({ value }) => value === chosen) ? chosen : '';
}
