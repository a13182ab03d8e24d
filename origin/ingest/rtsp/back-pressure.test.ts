import { expect, test } from 'bun:test';
import { H264 } from '../../../tests/clip.ts';
import { encodedClip, nalPackets, VIDEO } from '../../../tests/rtp-sender.ts';
import { RtspClient, SDP } from '../../../tests/rtsp-client.ts';
import { openDoor } from '../../../tests/rtsp-door.ts';
import type { Admit } from '../door.ts';

const TCP = 'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record';
const MEBIBYTE = 1024 * 1024;

test('a packager that is slow slows its publisher, and nothing is held for it beyond a bound', async () => {
  let taken = 0;
  let most = 0;
  const packaged = Promise.withResolvers<void>();
  const admit: Admit = () => ({
    kind: 'admitted',
    publishing: {
      signal: new AbortController().signal,
      release: () => {},
      take: async (feed) => {
        for await (const event of feed) {
          if (event.kind === 'samples')
            for (const { samples } of event.runs) taken += samples[0]?.data.byteLength ?? 0;
          most = Math.max(most, sent() - taken);
          await new Promise(setImmediate);
        }
        packaged.resolve();
      },
    },
  });
  const clip = await encodedClip(...H264, '-bsf:v', 'dump_extra=freq=keyframe');
  const own = await openDoor({ admit });
  const client = await RtspClient.open(own.port);
  const sent = () => client.socket.bytesWritten - client.socket.writableLength;
  const uri = `rtsp://127.0.0.1:${own.port}/slow?key=secret`;
  await client.announce(uri, {}, SDP.slice(0, SDP.indexOf('m=audio')));
  await client.setUp(`${uri}/streamid=0`, TCP);
  await client.ask('RECORD', uri);
  const [key = []] = nalPackets(clip.video.slice(0, 1), VIDEO);
  for (const packet of key) client.send(0, packet);
  const slice = Uint8Array.of(0x41, ...new Uint8Array(60_000));
  const total = 48 * MEBIBYTE;
  for (let count = 0; count * slice.byteLength < total; count++) {
    const [packets = []] = nalPackets(
      [
        {
          dts: (count + 1) * 3_600,
          compositionOffset: 0,
          duration: 3_600,
          sync: false,
          data: prefixed(slice),
        },
      ],
      { ...VIDEO, sequence: VIDEO.sequence + key.length + count },
    );
    for (const packet of packets)
      if (!client.send(0, packet)) await new Promise((resolve) => client.socket.once('drain', resolve));
  }
  await client.ask('TEARDOWN', uri);
  await packaged.promise;
  expect(taken).toBeGreaterThan(total * 0.9);
  // Our own 4 MiB, and what the system's sockets of both ends hold.
  expect(most).toBeLessThan(24 * MEBIBYTE);
  await own.listener.close();
});

const prefixed = (unit: Uint8Array) =>
  Uint8Array.of(0, 0, unit.byteLength >> 8, unit.byteLength & 0xff, ...unit);
