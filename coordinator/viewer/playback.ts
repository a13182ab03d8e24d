import type { Facts } from './facts.ts';

/** What is to be played, and where. */
export type Source = {
  readonly video: HTMLVideoElement;
  /** The coordinator's address of it: each load may lead to another edge. */
  readonly url: string;
  readonly live: boolean;
  /** Told a sentence while something is wrong, and null when it no longer is. */
  readonly onTrouble: (sentence: string | null) => void;
};

/** A stream attached to a video element until it is closed. */
export type Playback = {
  readonly facts: () => Facts | null;
  readonly close: () => void;
};

/** Plays, silently where the browser allows no sound before a click. */
export async function startPlaying(video: HTMLVideoElement): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
    video.muted = true;
    // A browser that refuses this too leaves the play button to the viewer.
    await video.play().catch(() => {});
  }
}
