import { find } from '../web/dom.ts';
import { poll } from '../web/poll.ts';
import { fetchPresentations, type Presentation } from '../web/presentation.ts';
import { tokenIn } from './access.ts';
import { Library } from './library.ts';
import { addressOf, watched } from './route.ts';
import { Stage } from './stage.ts';
import { viewOf } from './view.ts';

const REFRESH_MS = 3_000;

const library = new Library();
const stage = new Stage();
const outage = find(document, '.outage', HTMLElement);
let items: readonly Presentation[] | null = null;
/** The id that was on the stage last. */
let before: string | null = null;
/** Tokens that this page was opened with, by presentation: the address loses them when its viewer looks around. */
const tokens = new Map<string, string>();

function show(): void {
  const id = watched(location);
  const given = tokenIn(location);
  if (id !== null && given !== null) tokens.set(id, given);
  const view = viewOf(id, items, tokens.get(id ?? '') ?? null);
  stage.show(view, Date.now());
  if (items) library.show(items, id);
  const item = items?.find((candidate) => candidate.id === id);
  if (id === null && before !== null) library.focus(before);
  before = id;
  document.title = item ? `${item.title} · Headwater` : 'Headwater';
}

async function refresh(): Promise<boolean> {
  const answer = await fetchPresentations();
  outage.hidden = answer !== null;
  items = answer ?? items;
  show();
  return answer !== null;
}

function goTo(id: string | null): void {
  if (id === watched(location)) return;
  history.pushState(null, '', addressOf(id));
  show();
  scrollTo({ top: 0 });
}

/** The presentation that a click leads to; undefined when the browser should follow the link itself. */
function targetOf(event: MouseEvent): string | null | undefined {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!plain || !link?.matches('.card-link, [data-home]')) return undefined;
  return watched(new URL(link.href));
}

document.addEventListener('click', (event) => {
  const target = targetOf(event);
  if (target === undefined) return;
  event.preventDefault();
  goTo(target);
});
addEventListener('popstate', show);
show();
poll(REFRESH_MS, refresh);
