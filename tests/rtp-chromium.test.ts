import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { MediaStreamTrack, RTCPeerConnection as Peer, RTCRtpCodecParameters, RtpPacket } from 'werift';
import { H264 } from './clip.ts';
import { eventually } from './cluster.ts';
import { chromiumPath, launchChromium } from './player.ts';
import { blankPage } from './publisher.ts';
import { streamOf } from './rtp-stream.ts';

const YUV = ['-g', '25', '-pix_fmt', 'yuv420p'];
const VP9 = ['-c:v', 'libvpx-vp9', '-cpu-used', '5', '-auto-alt-ref', '1', '-lag-in-frames', '16'];

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** A connection to a page, over which packets of one codec may go. */
async function connectTo(page: Page, codec: RTCRtpCodecParameters) {
  const connection = new Peer({ codecs: { video: [codec] }, iceServers: [] });
  const track = new MediaStreamTrack({ kind: 'video' });
  connection.addTransceiver(track, { direction: 'sendonly' });
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  connection.connectionStateChange.subscribe((state) => state === 'connected' && resolve());
  await connection.setLocalDescription(await connection.createOffer());
  const answer = await page.evaluate(answerInPage, connection.localDescription?.sdp ?? '');
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  await connected;
  return { track, close: () => connection.close() };
}

/** Runs in the page. Plays what comes. */
async function answerInPage(sdp: string): Promise<string> {
  const connection = new RTCPeerConnection();
  const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
  document.body.append(video);
  connection.addEventListener('track', ({ track }) => {
    video.srcObject = new MediaStream([track]);
  });
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  while (connection.iceGatheringState !== 'complete')
    await new Promise((resolve) =>
      connection.addEventListener('icegatheringstatechange', resolve, { once: true }),
    );
  Object.assign(globalThis, { connection });
  return connection.localDescription?.sdp ?? '';
}

type Heard = {
  readonly framesDecoded?: number;
  readonly packetsLost?: number;
};

/** Runs in the page. What it says of what comes. */
async function heardInPage(): Promise<Heard> {
  const { connection } = globalThis as unknown as { connection: RTCPeerConnection };
  const stats: Heard[] = [];
  for (const one of (await connection.getStats()).values())
    if (one.type === 'inbound-rtp') stats.push(one as unknown as Heard);
  const { framesDecoded = 0, packetsLost = 0 } = stats[0] ?? {};
  return { framesDecoded, packetsLost };
}

/** Sends packets when their timestamps say, as a live stream comes. */
async function sendInTime(packets: readonly RtpPacket[], send: (packet: RtpPacket) => void): Promise<void> {
  const [first] = packets;
  const start = performance.now();
  for (const packet of packets) {
    const ticks = (packet.header.timestamp - (first?.header.timestamp ?? 0)) >>> 0;
    const wait = start + ticks / 90 - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    send(packet);
  }
}

test.skipIf(chromiumPath === null).each([
  [
    'video/H264',
    'packetization-mode=1;profile-level-id=42e01f',
    [...H264, '-bf', '0', '-profile:v', 'baseline'],
  ],
  ['video/VP9', 'profile-id=0', [...VP9, ...YUV]],
  ['video/AV1', '', ['-c:v', 'libsvtav1', '-preset', '12', ...YUV]],
] as const)(
  'Chromium decodes each picture of %s (skipped where there is none)',
  async (mimeType, parameters, encoding) => {
    const { page, close } = await blankPage(browser);
    const codec = new RTCRtpCodecParameters({ mimeType, clockRate: 90_000, payloadType: 96, parameters });
    const { track, close: hangUp } = await connectTo(page, codec);
    const { sent } = await streamOf(['-an', ...encoding]);
    const packets = sent.flatMap(({ kind, bytes }) =>
      kind === 'packet' ? [RtpPacket.deSerialize(Buffer.from(bytes))] : [],
    );
    await sendInTime(packets, (packet) => track.writeRtp(packet));
    await eventually(async () => (await page.evaluate(heardInPage)).framesDecoded === 25, 30_000);
    expect(await page.evaluate(heardInPage)).toEqual({ framesDecoded: 25, packetsLost: 0 });
    await hangUp();
    await page.close();
    await close();
  },
);
