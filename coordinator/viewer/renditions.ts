import 'media-tracks/polyfill';
import type Hls from 'hls.js';
import type { VideoRenditionList, VideoTrack } from 'media-tracks';

declare global {
  /** What `media-tracks` adds to it. */
  interface HTMLVideoElement {
    readonly videoRenditions: VideoRenditionList;
    addVideoTrack(kind: string): VideoTrack;
    removeVideoTrack(track: VideoTrack): void;
  }
}

/**
 * Offers the levels of a stream as the renditions of its video element, where media-chrome's quality menu finds
 * them, and obeys the choice. No choice means that hls.js adapts. Returns how to take them away.
 */
export function offer(video: HTMLVideoElement, hls: Hls): () => void {
  const track = video.addVideoTrack('main');
  track.selected = true;
  for (const [index, level] of hls.levels.entries()) {
    const { width, height, videoCodec, bitrate, frameRate } = level;
    const rendition = track.addRendition(level.url[0] ?? '', width, height, videoCodec, bitrate, frameRate);
    rendition.id = String(index);
  }
  const obey = () => {
    hls.nextLevel = video.videoRenditions.selectedIndex;
  };
  video.videoRenditions.addEventListener('change', obey);
  return () => {
    video.videoRenditions.removeEventListener('change', obey);
    video.removeVideoTrack(track);
  };
}
