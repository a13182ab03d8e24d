import { type Browser, chromium, type Page } from 'playwright-core';
import { listen } from '../runtime/http.ts';
import { chromiumPath } from './player.ts';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

/** Chromium with a camera and a microphone that are not real. */
export const launchWithCamera = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath ?? '', args: FLAGS });

export type Publish = {
  /** Of the endpoint, such as `http://127.0.0.1:8090/whip/studio`. */
  readonly url: string;
  readonly key: string;
  /** Such as `video/H264`; null publishes sound alone. */
  readonly mimeType: string | null;
  /** What is published: the camera, or a canvas that flashes while a tone is heard, once a second. */
  readonly source: 'camera' | 'flashes';
  /** Candidates are sent after the offer, in PATCHes. */
  readonly trickles: boolean;
};

export type Published = { readonly status: number; readonly body: string; readonly session: string };

/** An empty page at a place that browsers trust with cameras. */
export async function blankPage(browser: Browser): Promise<{ page: Page; close: () => Promise<void> }> {
  const fetch = () => new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } });
  const listener = await listen({ port: 0, hostname: '127.0.0.1', portSetting: '', fetch });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${listener.port}/`);
  return { page, close: () => listener.close() };
}

/** Publishes from a page, which goes on with it until it is closed. */
export const publish = (page: Page, what: Publish): Promise<Published> => page.evaluate(publishInPage, what);

/** Runs in the page. */
async function publishInPage({ url, key, mimeType, source, trickles }: Publish): Promise<Published> {
  const flashing = (): MediaStream => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const picture = canvas.getContext('2d');
    const audio = new AudioContext();
    const tone = new OscillatorNode(audio, { frequency: 1_000 });
    const volume = new GainNode(audio, { gain: 0 });
    const output = new MediaStreamAudioDestinationNode(audio);
    tone.connect(volume).connect(output);
    tone.start();
    const draw = () => {
      const isOn = performance.now() % 1_000 < 200;
      volume.gain.value = isOn ? 1 : 0;
      if (picture !== null) {
        picture.fillStyle = isOn ? '#fff' : '#000';
        picture.fillRect(0, 0, canvas.width, canvas.height);
      }
      requestAnimationFrame(draw);
    };
    draw();
    return new MediaStream([...canvas.captureStream(30).getTracks(), ...output.stream.getTracks()]);
  };
  const video = mimeType === null ? false : { width: 640, height: 360, frameRate: 30 };
  const stream =
    source === 'flashes' ? flashing() : await navigator.mediaDevices.getUserMedia({ video, audio: true });
  const connection = new RTCPeerConnection();
  for (const track of stream.getTracks()) {
    const transceiver = connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    const { codecs = [] } = RTCRtpSender.getCapabilities(track.kind) ?? {};
    if (track.kind === 'video')
      transceiver.setCodecPreferences(codecs.filter((codec) => codec.mimeType === mimeType));
  }
  const headers = { Authorization: `Bearer ${key}` };
  const candidates: RTCIceCandidate[] = [];
  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate?.candidate) candidates.push(candidate);
  });
  const gathered = new Promise((resolve) => {
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') resolve(null);
    });
  });
  await connection.setLocalDescription(await connection.createOffer());
  const offer = connection.localDescription?.sdp ?? '';
  if (!trickles) await gathered;
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/sdp' },
    body: trickles ? offer : (connection.localDescription?.sdp ?? ''),
  });
  const body = await response.text();
  const session = new URL(response.headers.get('Location') ?? '', url).href;
  if (response.status !== 201) return { status: response.status, body, session };
  await connection.setRemoteDescription({ type: 'answer', sdp: body });
  for (const sender of connection.getSenders()) {
    if (sender.track?.kind !== 'video') continue;
    const parameters = sender.getParameters();
    Object.assign(parameters, { degradationPreference: 'maintain-resolution' });
    await sender.setParameters(parameters);
  }
  await gathered;
  if (trickles) {
    const lines = candidates.map(({ candidate, sdpMid }) => `a=mid:${sdpMid}\r\na=${candidate}\r\n`).join('');
    await fetch(session, {
      method: 'PATCH',
      headers: {
        ...headers,
        'Content-Type': 'application/trickle-ice-sdpfrag',
        'If-Match': response.headers.get('ETag') ?? '',
      },
      body: `${lines}a=end-of-candidates\r\n`,
    });
  }
  Object.assign(window, { connection });
  return { status: response.status, body, session };
}
