import { availability, type LowLatency, producerReferenceTime } from './low-latency.ts';
import type { Period, PeriodTrack } from './period.ts';
import type { Audio, Video } from './rendition.ts';
import { segmentTimeline } from './segment-timeline.ts';
import { type Element, element } from './xml.ts';

/** A track in a period (ISO/IEC 23009-1 §5.3.5). URIs are relative to the manifest: `<track>/<epoch>/…`. */
export function representation(period: Period, track: PeriodTrack, lowLatency: LowLatency | null): Element {
  const { id, media, bitRate } = track.rendition;
  const attributes = { id, codecs: media.codec, bandwidth: bandwidth(bitRate.peak), ...traits(media) };
  const channels = media.kind === 'audio' ? [channelConfiguration(media)] : [];
  const reference = lowLatency === null ? [] : [producerReferenceTime(period, track)];
  const template = segmentTemplate(period, track, lowLatency);
  return element('Representation', attributes, ...channels, ...reference, template);
}

function segmentTemplate({ id: epoch }: Period, track: PeriodTrack, lowLatency: LowLatency | null): Element {
  const { rendition, segments, presentationTimeOffset } = track;
  const attributes = {
    timescale: rendition.timescale,
    presentationTimeOffset: presentationTimeOffset === 0 ? null : presentationTimeOffset,
    ...(lowLatency === null ? {} : availability(lowLatency)),
    startNumber: segments[0]?.number ?? 0,
    initialization: `${rendition.id}/${epoch}/init.mp4`,
    media: `${rendition.id}/${epoch}/$Number$.m4s`,
  };
  return element('SegmentTemplate', attributes, segmentTimeline(segments));
}

function traits(media: Video | Audio): Element['attributes'] {
  if (media.kind === 'audio') return { audioSamplingRate: media.sampleRate };
  return { width: media.width, height: media.height, frameRate: frameRate(media) };
}

export const frameRate = ({ frameRate: { num, den } }: Video) => (den === 1 ? String(num) : `${num}/${den}`);

/** The value is the number of channels (ISO/IEC 23003-3 as §5.8.5.4 names it). */
const channelConfiguration = ({ channels }: Audio): Element =>
  element('AudioChannelConfiguration', {
    schemeIdUri: 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011',
    value: channels,
  });

/**
 * Bits a second, rounded up to two figures: attributes of a representation should stay as they are while a live
 * window moves, and a bound stays one when it is rounded up.
 */
function bandwidth(peak: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, peak))) - 1);
  return Math.max(1, Math.ceil(peak / unit) * unit);
}
