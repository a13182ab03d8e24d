import { type Check, must, should, when } from '../check.ts';
import { durationOf, type MediaPlaylist } from '../playlist/media-playlist.ts';

/** Times are written with five decimals. */
const ROUNDING_SECONDS = 0.00002;

const below = (value: number | null | undefined, least: number) =>
  value != null && value < least - ROUNDING_SECONDS;

/** Of the parent that has no URI yet: it is the last there is. */
const openSeconds = ({ open }: MediaPlaylist) => open.parts.reduce((sum, { duration }) => sum + duration, 0);

const isLowLatency = ({ partTarget, ended }: MediaPlaylist) => partTarget !== null && !ended;

/** Rules on what a server says that it can do. */
export const CONTROL: readonly Check<MediaPlaylist>[] = [
  must(
    'part-hold-back-present',
    '§4.4.3.8',
    'PART-HOLD-BACK is REQUIRED if the Playlist contains the EXT-X-PART-INF tag.',
    ({ partTarget, control }) =>
      when(partTarget !== null && control?.partHoldBack == null, 'EXT-X-PART-INF without PART-HOLD-BACK'),
  ),
  must(
    'part-hold-back',
    '§4.4.3.8',
    'PART-HOLD-BACK MUST be at least twice the Part Target Duration.',
    ({ partTarget, control }) =>
      when(
        below(control?.partHoldBack, 2 * (partTarget ?? 0)),
        `PART-HOLD-BACK is ${control?.partHoldBack}, PART-TARGET ${partTarget}`,
      ),
  ),
  should(
    'part-hold-back-wide',
    '§4.4.3.8',
    'PART-HOLD-BACK SHOULD be at least three times the Part Target Duration.',
    ({ partTarget, control }) => {
      const isForbidden = below(control?.partHoldBack, 2 * (partTarget ?? 0));
      const isNarrow = below(control?.partHoldBack, 3 * (partTarget ?? 0)) && !isForbidden;
      return when(isNarrow, `PART-HOLD-BACK is ${control?.partHoldBack}, PART-TARGET ${partTarget}`);
    },
  ),
  must(
    'hold-back',
    '§4.4.3.8',
    'HOLD-BACK MUST be at least three times the Target Duration.',
    ({ targetDuration, control }) =>
      when(below(control?.holdBack, 3 * targetDuration), `HOLD-BACK is ${control?.holdBack}`),
  ),
  must(
    'skip-boundary',
    '§4.4.3.8',
    'The Skip Boundary MUST be at least six times the Target Duration.',
    ({ targetDuration, control }) =>
      when(below(control?.canSkipUntil, 6 * targetDuration), `CAN-SKIP-UNTIL is ${control?.canSkipUntil}`),
  ),
  must(
    'skip-date-ranges',
    '§4.4.3.8',
    'CAN-SKIP-DATERANGES REQUIRES the presence of CAN-SKIP-UNTIL.',
    ({ control }) =>
      when(
        control?.canSkipDateRanges === true && control.canSkipUntil === null,
        'CAN-SKIP-DATERANGES without CAN-SKIP-UNTIL',
      ),
  ),
  must(
    'skip-announced',
    '§6.2.5.1',
    'A Server MUST ignore _HLS_skip without CAN-SKIP-UNTIL, or with EXT-X-ENDLIST.',
    ({ skipped, control, ended }) =>
      when(skipped > 0 && (control?.canSkipUntil == null || ended), 'EXT-X-SKIP in a playlist without skips'),
  ),
  must(
    'skip-far-enough',
    '§6.2.5.1',
    'Only segments further from the end of the last segment than the Skip Boundary are skipped.',
    (playlist) => {
      const { skipped, control } = playlist;
      const left = durationOf(playlist) + openSeconds(playlist);
      const isTooMuch = skipped > 0 && below(left, control?.canSkipUntil ?? 0);
      return when(isTooMuch, `${left} s are left, CAN-SKIP-UNTIL is ${control?.canSkipUntil}`);
    },
  ),
  must(
    'low-latency-blocking',
    'Appendix B.1',
    'A server of the Low-Latency profile supports Blocking Playlist Reload.',
    (playlist) =>
      when(
        isLowLatency(playlist) && playlist.control?.canBlockReload !== true,
        'EXT-X-PART-INF without CAN-BLOCK-RELOAD',
      ),
  ),
  must(
    'low-latency-date-time',
    'Appendix B.1',
    'Media Playlists of the Low-Latency profile have EXT-X-PROGRAM-DATE-TIME tags.',
    (playlist) => {
      const { segments, open } = playlist;
      const isDated = [...segments, open].some(({ dateTime }) => dateTime !== null);
      return when(
        isLowLatency(playlist) && playlist.skipped === 0 && segments.length > 0 && !isDated,
        'EXT-X-PART-INF without EXT-X-PROGRAM-DATE-TIME',
      );
    },
  ),
  must(
    'low-latency-hint',
    'Appendix B.1',
    'Media Playlists of the Low-Latency profile hint the next Partial Segment.',
    (playlist) => when(isLowLatency(playlist) && playlist.hints.length === 0, 'no EXT-X-PRELOAD-HINT'),
  ),
];
