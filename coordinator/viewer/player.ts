import 'media-chrome';
import 'media-chrome/menu';
import Hls from 'hls.js';
import { find, stamp } from '../web/dom.ts';
import type { Presentation } from '../web/presentation.ts';
import { Engine } from './engine.ts';
import { bufferedMs, type Facts } from './facts.ts';
import { Native } from './native.ts';
import { type Playback, type Source, startPlaying } from './playback.ts';
import { Whep } from './whep.ts';

export type PlayerOptions = {
  /** Over WebRTC, if the presentation has that. */
  readonly lowestDelay: boolean;
  /** Told once, with a sentence, when it can't play in this way. */
  readonly onGiveUp: (sentence: string) => void;
};

/** A video with its controls, playing one presentation until it is closed. */
export class Player {
  readonly element = stamp('player');
  readonly #video = find(this.element, 'video', HTMLVideoElement);
  readonly #trouble = find(this.element, '.trouble', HTMLElement);
  readonly #unmute = find(this.element, '.unmute', HTMLButtonElement);
  readonly #playback: Playback;

  constructor(item: Presentation, { lowestDelay, onGiveUp }: PlayerOptions) {
    if (item.poster) this.#video.poster = item.poster;
    this.element.setAttribute('defaultstreamtype', item.kind === 'live' ? 'live' : 'on-demand');
    this.element.setAttribute('aria-label', item.title);
    const source = {
      video: this.#video,
      live: item.kind === 'live',
      onTrouble: (sentence: string | null) => this.#say(sentence),
    };
    const whep = lowestDelay ? item.play.whep : null;
    this.element.toggleAttribute('data-lowest-delay', whep !== null);
    if (whep === null) {
      this.#playback = open({ ...source, url: item.play.hls });
      this.#start();
    } else this.#playback = new Whep({ ...source, url: whep, onGiveUp, onAttached: () => this.#start() });
    this.#unmute.addEventListener('click', () => this.#turnSoundOn());
    this.#video.addEventListener('volumechange', () => this.#offerSound(false));
    introduce(item);
    // A reload would ask for it again, and flash it between two pictures.
    this.#video.addEventListener('playing', () => this.#video.removeAttribute('poster'), { once: true });
  }

  facts(): Facts | null {
    return this.#playback.facts();
  }

  /** Whether it still has something to show when nothing more comes. */
  hasMore(): boolean {
    return !this.#video.paused && bufferedMs(this.#video) > 0;
  }

  close(): void {
    this.#playback.close();
    this.element.remove();
  }

  #start(): void {
    void startPlaying(this.#video).then(() => this.#offerSound(this.#video.muted));
  }

  #say(sentence: string | null): void {
    this.#trouble.hidden = sentence === null;
    if (sentence !== null) this.#trouble.textContent = sentence;
  }

  #offerSound(offered: boolean): void {
    this.#unmute.hidden = !offered;
  }

  #turnSoundOn(): void {
    this.#video.muted = false;
    this.element.focus();
  }
}

function open(source: Source): Playback {
  if (Hls.isSupported()) return new Engine(source);
  if (source.video.canPlayType('application/vnd.apple.mpegurl') !== '') return new Native(source);
  source.onTrouble('This browser can’t play HLS. Open the address below in another player.');
  return { facts: () => null, close() {} };
}

/** Names the presentation on lock screens and media keys. */
function introduce(item: Presentation): void {
  if (!('mediaSession' in navigator)) return;
  const artwork = item.poster ? [{ src: new URL(item.poster, location.href).href }] : [];
  navigator.mediaSession.metadata = new MediaMetadata({ title: item.title, artwork });
}
