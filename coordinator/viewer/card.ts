import { find, mark, stamp, write } from '../web/dom.ts';
import type { Presentation } from '../web/presentation.ts';
import { clock, condition, percent } from '../web/words.ts';
import { showProgress } from './progress.ts';
import { addressOf } from './route.ts';
import { noticeOf } from './view.ts';

/** A presentation in the library. It is patched in place, so that nothing flickers and focus stays. */
export class Card {
  readonly element = stamp('card');
  readonly #link = find(this.element, '.card-link', HTMLAnchorElement);
  readonly #poster = find(this.element, '.poster', HTMLElement);
  readonly #placeholder = find(this.element, '.placeholder', HTMLElement);
  readonly #lock = find(this.element, '.badge.lock', HTMLElement);
  readonly #live = find(this.element, '.badge.live', HTMLElement);
  readonly #duration = find(this.element, '.badge.duration', HTMLElement);
  readonly #notice = find(this.element, '.notice', HTMLElement);
  readonly #progress = find(this.element, '.progress', HTMLElement);
  readonly #title = find(this.element, '.card-title', HTMLElement);
  readonly #line = find(this.element, '.card-line', HTMLElement);
  #posterUrl: string | null = null;

  constructor(id: string) {
    this.element.dataset.presentation = id;
    this.#link.href = addressOf(id);
    this.#placeholder.style.setProperty('--hue', String(hueOf(id)));
  }

  update(item: Presentation): void {
    const notice = noticeOf(item);
    this.element.dataset.state = item.state;
    write(this.#title, item.title);
    write(this.#line, item.state === 'packaging' ? 'Playable soon' : condition(item, Date.now()));
    this.#lock.hidden = item.protection === 'none';
    this.#live.hidden = item.state !== 'live';
    this.#duration.hidden = item.durationMs === null || notice !== null;
    write(this.#duration, item.durationMs === null ? '' : clock(item.durationMs));
    this.#notice.hidden = notice === null;
    write(
      this.#notice,
      item.state === 'packaging' ? `Packaging ${percent(item.progress)}` : (notice?.title ?? ''),
    );
    showProgress(this.#progress, notice?.progress ?? null);
    this.#showPoster(item.protection === 'none' ? item.poster : null);
  }

  /** Says that this is the one on the stage. */
  mark(watching: boolean): void {
    mark(this.#link, 'aria-current', watching ? 'true' : null);
  }

  focus(): void {
    this.#link.focus({ preventScroll: true });
  }

  #showPoster(url: string | null): void {
    if (url === this.#posterUrl) return;
    this.#posterUrl = url;
    this.#poster.querySelector('img')?.remove();
    if (url === null) return;
    const image = new Image();
    image.alt = '';
    image.loading = 'lazy';
    image.decoding = 'async';
    image.addEventListener('load', () => image.classList.add('loaded'));
    image.addEventListener('error', () => image.remove());
    image.src = url;
    this.#placeholder.after(image);
  }
}

/** A hue between green and blue that an id always gets. */
function hueOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973;
  return 168 + (sum % 36);
}
