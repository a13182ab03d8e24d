import { MalformedBox } from '../isobmff/box.ts';
import { Demuxer } from '../isobmff/demuxer.ts';
import type { MovieTrack } from '../isobmff/movie.ts';
import { presentationTime, type Sample } from '../sample.ts';
import { type Carriage, carriageOf } from './carriage.ts';
import { CLOCK_RATE, LEAD, timestamp } from './clock.ts';
import { multiplex, type Unit } from './multiplex.ts';
import { writePes } from './pes.ts';

/**
 * A CMAF segment as a segment of MPEG-TS (ISO/IEC 13818-1) with the one track that it has; null for a coding that is
 * not carried. It depends on nothing but its arguments: its init segment, its bytes, and its number on the timeline.
 * Throws MalformedBox.
 */
export function toTransportStream(
  init: Uint8Array,
  segment: Uint8Array,
  number: number,
): Uint8Array<ArrayBuffer> | null {
  const demuxer = new Demuxer();
  const track = demuxer.push(init).flatMap((one) => (one.kind === 'movie' ? one.tracks : []))[0];
  if (track === undefined) throw new MalformedBox('moov', 'has no track');
  const carriage = carriageOf(track.sampleEntry);
  if (carriage === null) return null;
  const runs = demuxer.push(segment).flatMap((one) => (one.kind === 'samples' ? one.runs : []));
  const samples = runs.flatMap((run) => (run.trackId === track.id ? run.samples : []));
  if (samples.length === 0) throw new MalformedBox('mdat', 'has no samples');
  const groups = grouped(samples, track, carriage.samplesMax);
  const units = groups.map((group) => unitOf(group, track, carriage));
  return multiplex({ streamType: carriage.streamType, units, number });
}

type Group = readonly [Sample, ...Sample[]];

/**
 * Samples that share a PES packet: no more than lasts until the next clock reference. Empty ones are left out. The
 * first of a segment is alone: where playback starts, ffmpeg's HLS reader does not know yet how long a frame lasts,
 * and would give the second of a packet the time of the first.
 */
function grouped(samples: readonly Sample[], { timescale }: MovieTrack, samplesMax: number): Group[] {
  const groups: [Sample, ...Sample[]][] = [];
  for (const sample of samples) {
    if (sample.data.byteLength === 0) continue;
    const group = groups.length > 1 ? groups.at(-1) : undefined;
    const end = sample.dts + sample.duration;
    const fits = group && group.length < samplesMax && end - group[0].dts <= (LEAD / CLOCK_RATE) * timescale;
    if (fits) group.push(sample);
    else groups.push([sample]);
  }
  return groups;
}

function unitOf(group: Group, track: MovieTrack, carriage: Carriage): Unit {
  const { timescale, mediaTime } = track;
  const [first] = group;
  const last = group.at(-1) ?? first;
  const at = (ticks: number) => timestamp(ticks - mediaTime, timescale);
  const dts = at(first.dts);
  const pts = at(presentationTime(first));
  const duration = Math.round(((last.dts + last.duration - first.dts) / timescale) * CLOCK_RATE);
  const parts = group.flatMap((sample) => carriage.frame(sample));
  const pes = writePes({ streamId: carriage.streamId, pts, dts, parts });
  return { pes, dts, duration, randomAccess: first.sync };
}
