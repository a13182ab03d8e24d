import type { Page } from 'playwright-core';

/** What a page made of a channel over WebRTC. */
export type Viewed = {
  readonly status: number;
  /** The answer, or why there is none. */
  readonly body: string;
  /** Where the session is. */
  readonly session: string;
};

/** What was received so far. */
export type Received = {
  readonly frames: number;
  readonly width: number;
  /** Of the picture, as `video/H264`. */
  readonly codec: string;
  readonly seconds: number;
  /** Of the sound: it is 0 while there is silence. */
  readonly energy: number;
  readonly lost: number;
};

/** Plays `url` in a page, which goes on with it until it is closed. */
export const view = (page: Page, url: string): Promise<Viewed> => page.evaluate(viewInPage, url);

/** What the page has received. */
export const received = (page: Page): Promise<Received> => page.evaluate(receivedInPage);

/** Resolves once it is so. */
export async function until(page: Page, isSo: (now: Received) => boolean): Promise<Received> {
  for (;;) {
    const now = await received(page);
    if (isSo(now)) return now;
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  }
}

/** Runs in the page. */
async function viewInPage(url: string): Promise<Viewed> {
  const connection = new RTCPeerConnection();
  for (const kind of ['video', 'audio']) connection.addTransceiver(kind, { direction: 'recvonly' });
  const video = Object.assign(document.createElement('video'), { autoplay: true });
  document.body.replaceChildren(video);
  connection.addEventListener('track', ({ streams: [stream = null] }) => {
    video.srcObject = stream;
  });
  await connection.setLocalDescription(await connection.createOffer());
  const body = connection.localDescription?.sdp ?? '';
  const headers = { 'Content-Type': 'application/sdp' };
  const response = await fetch(url, { method: 'POST', headers, body });
  const answer = await response.text();
  const session = new URL(response.headers.get('Location') ?? '', response.url).href;
  if (response.status === 201) await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  Object.assign(window, { connection });
  return { status: response.status, body: answer, session };
}

/** Runs in the page. */
async function receivedInPage(): Promise<Received> {
  const { connection } = window as unknown as { connection: RTCPeerConnection };
  const stats = [...(await connection.getStats()).values()];
  const of = (kind: string) => stats.find((each) => each.type === 'inbound-rtp' && each.kind === kind) ?? {};
  const [picture, sound] = [of('video'), of('audio')];
  return {
    frames: picture.framesDecoded ?? 0,
    width: picture.frameWidth ?? 0,
    codec: stats.find(({ id }) => id === picture.codecId)?.mimeType ?? '',
    seconds: document.querySelector('video')?.currentTime ?? 0,
    energy: sound.totalAudioEnergy ?? 0,
    lost: (picture.packetsLost ?? 0) + (sound.packetsLost ?? 0),
  };
}
