import type { Presentation } from '../web/presentation.ts';
import { percent, sentence } from '../web/words.ts';
import { unlocked } from './access.ts';

/** What the stage shows. */
export type View =
  | { readonly kind: 'closed' }
  /** The list is not here yet. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'unknown'; readonly id: string }
  | { readonly kind: 'waiting'; readonly item: Presentation; readonly notice: Notice }
  | { readonly kind: 'playing'; readonly item: Presentation };

/** Why there is nothing to see, for people. */
export type Notice = { readonly title: string; readonly text: string; readonly progress: number | null };

/** `token` is the viewer's for what is watched, if there is one. */
export function viewOf(id: string | null, items: readonly Presentation[] | null, token: string | null): View {
  if (id === null) return { kind: 'closed' };
  if (items === null) return { kind: 'loading' };
  const item = items.find((candidate) => candidate.id === id);
  if (!item) return { kind: 'unknown', id };
  const notice = noticeOf(item);
  if (notice) return { kind: 'waiting', item, notice };
  if (item.protection === 'none') return { kind: 'playing', item };
  return token === null
    ? { kind: 'waiting', item, notice: LOCKED }
    : { kind: 'playing', item: unlocked(item, token) };
}

const LOCKED: Notice = {
  title: 'Protected',
  text: 'To watch this takes a link with a token. Whoever publishes it can give you one.',
  progress: null,
};

/** What there is to say about a presentation that can't be played; null when it can. */
export function noticeOf(item: Presentation): Notice | null {
  switch (item.state) {
    case 'ready':
    case 'live':
    case 'slate':
    case 'standby':
      return null;
    case 'packaging':
      return {
        title: `Packaging ${percent(item.progress)}`,
        text: 'It is being made ready for streaming, and starts here by itself.',
        progress: item.progress,
      };
    case 'offline':
      return {
        title: 'Off the air',
        text: `${sentence(item.reason)} It starts here when it is back.`.trim(),
        progress: null,
      };
    case 'failed':
      return { title: 'This can’t be played', text: sentence(item.reason), progress: null };
  }
}
