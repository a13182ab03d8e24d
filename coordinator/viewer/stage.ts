import { find, stamp, write } from '../web/dom.ts';
import type { Presentation } from '../web/presentation.ts';
import { best, condition } from '../web/words.ts';
import { Delay } from './delay.ts';
import { Elsewhere } from './elsewhere.ts';
import { showFacts } from './facts-list.ts';
import { Message } from './message.ts';
import type { Player } from './player.ts';
import type { Notice, View } from './view.ts';

const FACTS_EVERY_MS = 1_000;

const LOADING: Notice = { title: 'Opening…', text: '', progress: null };
const NOT_LOADED: Notice = { title: 'The player did not load', text: 'Reload this page.', progress: null };

const notFound = (id: string): Notice => ({
  title: 'There is no such stream',
  text: `Nothing here is called “${id}”.`,
  progress: null,
});

/** The place above the library where one presentation plays. */
export class Stage {
  readonly #section = find(document, '.stage', HTMLElement);
  readonly #inner = stamp('stage');
  readonly #screen = find(this.#inner, '.screen', HTMLElement);
  readonly #message = new Message(find(this.#inner, '.message', HTMLElement));
  readonly #title = find(this.#inner, '.about-title', HTMLElement);
  readonly #line = find(this.#inner, '.about-line', HTMLElement);
  readonly #badge = find(this.#inner, '.badge.live', HTMLElement);
  readonly #facts = find(this.#inner, '.facts', HTMLElement);
  readonly #elsewhere = new Elsewhere(find(this.#inner, '.elsewhere', HTMLElement));
  readonly #delay = new Delay(find(this.#inner, '.delay', HTMLElement), () => this.#playAnew());
  #player: Player | null = null;
  /** What is on the stage. */
  #item: Presentation | null = null;
  /** The id of what the player plays, or is being loaded for. */
  #playing: string | null = null;

  constructor() {
    this.#section.append(this.#inner);
    setInterval(() => document.hidden || this.#showFacts(), FACTS_EVERY_MS);
  }

  /** Shows a view; the same one again changes nothing that is on screen. */
  show(view: View, nowMs: number): void {
    this.#section.hidden = view.kind === 'closed';
    document.body.classList.toggle('watching', view.kind !== 'closed');
    switch (view.kind) {
      case 'closed':
        this.#halt(null);
        break;
      case 'loading':
        this.#halt(LOADING);
        break;
      case 'unknown':
        this.#describe(null, 'Not found', '');
        this.#halt(notFound(view.id));
        break;
      case 'waiting':
        this.#describe(view.item, view.item.title, best(view.item.tracks));
        if (!this.#drains(view.item)) this.#halt(view.notice);
        break;
      case 'playing':
        this.#describe(view.item, view.item.title, condition(view.item, nowMs), view.item.play.hls);
        void this.#play(view.item);
    }
  }

  /** Whether what is buffered of a channel that went off the air is still being watched. */
  #drains(item: Presentation): boolean {
    return this.#playing === item.id && this.#player?.hasMore() === true;
  }

  /** `url` is for other players; null while there is nothing to play. */
  #describe(item: Presentation | null, title: string, line: string, url: string | null = null): void {
    write(this.#title, title);
    write(this.#line, line);
    this.#badge.hidden = item?.state !== 'live';
    this.#delay.offer(url !== null && item !== null && item.play.whep !== null);
    this.#elsewhere.show(url && new URL(url, location.href).href);
  }

  #halt(notice: Notice | null): void {
    this.#playing = null;
    this.#player?.close();
    this.#player = null;
    this.#message.show(notice);
    this.#showFacts();
  }

  async #play(item: Presentation): Promise<void> {
    if (this.#playing === item.id) return;
    this.#halt(LOADING);
    this.#playing = item.id;
    this.#item = item;
    // The engine is most of this page's bytes: the library does not wait for it.
    const loaded = await import('./player.ts').catch(() => null);
    if (this.#playing !== item.id) return;
    const lowestDelay = this.#delay.isLowest;
    const onGiveUp = (sentence: string) => this.#giveUp(sentence);
    if (loaded) this.#put(new loaded.Player(item, { lowestDelay, onGiveUp }));
    else this.#halt(NOT_LOADED);
  }

  /** As the switch says now. */
  #playAnew(): void {
    const item = this.#item;
    if (item === null || this.#playing !== item.id) return;
    this.#playing = null;
    void this.#play(item);
  }

  #giveUp(sentence: string): void {
    this.#delay.giveUp(sentence);
    this.#playAnew();
  }

  #put(player: Player): void {
    this.#player = player;
    this.#screen.append(player.element);
    this.#message.show(null);
    // A page that opens with a video keeps its focus at the top, where reading starts.
    if (document.activeElement !== document.body) player.element.focus({ preventScroll: true });
  }

  #showFacts(): void {
    showFacts(this.#facts, this.#player?.facts() ?? null);
  }
}
