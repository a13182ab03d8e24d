import { z } from 'zod';
import type { Timeline } from '../../media/timeline.ts';
import type { PresentationId, TrackId } from '../../wire/ids.ts';
import { read } from '../../wire/message.ts';
import { Presentation } from '../../wire/presentation.ts';
import { timelineSubject } from '../../wire/subjects.ts';
import { receive, Snapshot } from '../../wire/timeline.ts';
import type { Station } from '../station.ts';
import { Announcer } from './announcer.ts';
import { Describer } from './describer.ts';

/** What is kept beside the media of a complete presentation, so that it is packaged once. */
export const Packaged = z.object({
  /** Of the source and the way it was packaged. */
  fingerprint: z.string(),
  presentation: Presentation,
  /** One for each of its tracks, in their order. */
  timelines: z.array(Snapshot),
});
export type Packaged = Readonly<z.infer<typeof Packaged>>;

const recordKey = (id: PresentationId) => `${id}/packaged.json`;

/** Null when there is none, or one that can't be read. */
export async function readPackaged(
  id: PresentationId,
  { storage }: Pick<Station, 'storage'>,
): Promise<Packaged | null> {
  const bytes = await storage.get(recordKey(id));
  return bytes === null ? null : read(Packaged, bytes);
}

export async function writePackaged(
  packaged: Packaged,
  { storage }: Pick<Station, 'storage'>,
): Promise<void> {
  const text = JSON.stringify(packaged);
  await storage.put(recordKey(packaged.presentation.id), new TextEncoder().encode(text));
}

/** Tells the cluster of a presentation that was packaged in an earlier run. */
export async function announcePackaged(
  { presentation, timelines }: Packaged,
  station: Station,
): Promise<void> {
  for (const [index, track] of presentation.tracks.entries()) {
    const snapshot = timelines[index];
    if (snapshot === undefined) continue;
    await announcerFor(presentation.id, track.id, receive(null, snapshot), station).republish();
  }
  await new Describer(presentation, station).settled();
}

/** The announcer of a track whose timeline is already known whole, or starts anew. */
export const announcerFor = (
  presentation: PresentationId,
  track: TrackId,
  timeline: Timeline,
  { bus, log }: Pick<Station, 'bus' | 'log'>,
): Announcer => new Announcer(bus, timelineSubject(presentation, track), timeline, log);
