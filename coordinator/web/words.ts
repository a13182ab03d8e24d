import type { Presentation, Track } from './presentation.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const two = (value: number) => String(value).padStart(2, '0');

/** `0:30`, `12:05`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** `a moment`, `12 min`, `3 h`, `2 days`: how long something has been so. */
export function span(ms: number): string {
  if (ms < MINUTE_MS) return 'a moment';
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  const days = Math.floor(ms / DAY_MS);
  return days === 1 ? '1 day' : `${days} days`;
}

/** `4.2 Mbit/s`: three figures at most. */
export function bitRate(bitsPerSecond: number): string {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
  let value = bitsPerSecond;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${value >= 99.5 || unit === 0 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}

export const percent = (part: number) => `${Math.floor(part * 100)} %`;

/** `1080p`, or `4K` and `8K` as shops call them. */
export function picture(height: number): string {
  if (height >= 4320) return '8K';
  return height >= 2160 ? '4K' : `${height}p`;
}

const CHANNELS: Readonly<Record<number, string>> = { 1: 'Mono', 2: 'Stereo', 6: '5.1', 8: '7.1' };

export const sound = (channels: number) => CHANNELS[channels] ?? `${channels} channels`;

/** The best picture and sound that a presentation has: `1080p · Stereo`. */
export function best(tracks: readonly Track[]): string {
  const heights = tracks.flatMap((track) => (track.kind === 'video' ? [track.height] : []));
  const channels = tracks.flatMap((track) => (track.kind === 'audio' ? [track.channels] : []));
  const parts = [];
  if (heights.length > 0) parts.push(picture(Math.max(...heights)));
  if (channels.length > 0) parts.push(sound(Math.max(...channels)));
  return parts.join(' · ');
}

/** How a presentation is now, as a short line. */
export function condition(item: Presentation, nowMs: number): string {
  switch (item.state) {
    case 'packaging':
      return `Being packaged, ${percent(item.progress)}`;
    case 'ready':
      return best(item.tracks);
    case 'live':
      return [since('On air for', item.since, nowMs), best(item.tracks)]
        .filter((part) => part !== '')
        .join(' · ');
    case 'standby':
      return 'Starts when somebody watches';
    case 'slate':
    case 'offline':
      return since('Off the air for', item.since, nowMs) || 'Off the air';
    case 'failed':
      return sentence(item.reason);
  }
}

/** A reason as a sentence: with a capital and a full stop. */
export function sentence(reason: string): string {
  const text = reason.trim();
  if (text === '') return '';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

const since = (what: string, sinceMs: number | undefined, nowMs: number) =>
  sinceMs === undefined ? '' : `${what} ${span(nowMs - sinceMs)}`;
