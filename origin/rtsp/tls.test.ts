import { expect, test } from 'bun:test';
import { connect } from 'node:tls';
import { certificate } from '../../tests/certificate.ts';
import { LiveClip } from '../../tests/live-clip.ts';
import { ManualClock } from '../../tests/manual-clock.ts';
import { RtspClient } from '../../tests/rtsp-client.ts';
import { openDoor } from '../../tests/rtsp-door.ts';

test('RTSPS is taken on the same port: what is live plays through TLS, and beside it without', async () => {
  const live = await LiveClip.open(new ManualClock());
  const door = await openDoor({ pieces: [live.piece], tls: await certificate() });
  const url = `rtsps://127.0.0.1:${door.port}/live`;
  const socket = connect({ port: door.port, host: '127.0.0.1', rejectUnauthorized: false });
  const secure = await RtspClient.over(socket, 'secureConnect');
  const plain = await RtspClient.open(door.port);
  expect((await secure.ask('DESCRIBE', url))?.headers.get('content-base')).toBe(`${url}/`);
  for (const client of [secure, plain]) {
    await client.setUp(`${url}/track=v48`, 'RTP/AVP/TCP;unicast;interleaved=0-1');
    expect((await client.ask('PLAY', url))?.status).toBe(200);
  }
  live.give(50);
  for (const client of [secure, plain]) {
    expect(await client.next('frame')).toMatchObject({ channel: 1 });
    expect(await client.next('frame')).toMatchObject({ channel: 0 });
    client.socket.destroy();
  }
  await door.listener.close();
  door.players.close();
});
