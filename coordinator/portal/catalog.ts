import { find, mark, stamp, write } from '../web/dom.ts';
import { Keyed } from '../web/keyed.ts';
import type { Presentation, Track } from '../web/presentation.ts';
import { clock, percent, picture, sentence, sound, span } from '../web/words.ts';

/** The table of presentations. */
export class Catalog {
  readonly #rows = new Keyed<Presentation, PresentationRow>(
    find(document, '.catalog tbody', HTMLElement),
    () => new PresentationRow(),
  );
  readonly #empty = find(document, '.catalog-empty', HTMLElement);

  show(items: readonly Presentation[]): void {
    this.#rows.show(items);
    this.#empty.hidden = items.length > 0;
  }
}

class PresentationRow {
  readonly element = stamp('presentation');
  readonly #title = find(this.element, '.presentation-title', HTMLAnchorElement);
  readonly #id = find(this.element, '.presentation-id', HTMLElement);
  readonly #state = find(this.element, '.state', HTMLElement);
  readonly #detail = find(this.element, '.presentation-detail', HTMLElement);
  readonly #tracks = new Keyed<Track, TrackChip>(
    find(this.element, '.tracks', HTMLElement),
    () => new TrackChip(),
  );

  update(item: Presentation): void {
    this.element.dataset.presentation = item.id;
    this.#title.href = `/?watch=${item.id}`;
    write(this.#title, item.title);
    write(this.#id, item.id);
    write(this.#state, item.state);
    mark(this.#state, 'data-state', item.state);
    write(this.#detail, detailOf(item, Date.now()));
    this.#tracks.show(item.tracks);
  }
}

class TrackChip {
  readonly element = document.createElement('li');

  update(track: Track): void {
    write(this.element, trackLine(track));
    this.element.title = track.id;
  }
}

function detailOf(item: Presentation, nowMs: number): string {
  switch (item.state) {
    case 'packaging':
      return percent(item.progress);
    case 'ready':
      return item.durationMs === null ? '' : clock(item.durationMs);
    case 'live':
      return item.since === undefined ? '' : `for ${span(nowMs - item.since)}`;
    case 'standby':
      return 'starts when somebody watches';
    case 'slate':
    case 'offline':
    case 'failed':
      return sentence(item.reason);
  }
}

/** `1080p 24 fps avc1.640028`, `Stereo 48 kHz mp4a.40.2`. */
function trackLine(track: Track): string {
  if (track.kind === 'audio')
    return `${sound(track.channels)} ${track.sampleRate / 1_000} kHz ${track.codec}`;
  return `${picture(track.height)} ${Number(track.frameRate.toFixed(2))} fps ${track.codec}`;
}
