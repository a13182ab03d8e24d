import { expect, test } from 'bun:test';
import { LiveClip } from '../../../tests/live-clip.ts';
import { ManualClock } from '../../../tests/manual-clock.ts';
import { RtspClient } from '../../../tests/rtsp-client.ts';
import { openDoor } from '../../../tests/rtsp-door.ts';

const CHANNELS = 'RTP/AVP/TCP;unicast;interleaved=0-1';

/** Samples of ten loops: more than a system holds for a connection that is not read. */
const SAMPLES = 10 * 216;

test('a player who does not read loses pictures and then its connection, and delays nobody', async () => {
  const live = await LiveClip.open(new ManualClock(), '1280x720');
  const door = await openDoor({ pieces: [live.piece] });
  const url = `rtsp://127.0.0.1:${door.port}/live`;
  const [slow, quick] = [await RtspClient.open(door.port), await RtspClient.open(door.port)];
  for (const client of [slow, quick]) {
    await client.setUp(`${url}/track=v48`, CHANNELS);
    await client.ask('PLAY', url);
  }
  slow.socket.pause();
  const giveAll = async () => {
    for (let given = 0; given < SAMPLES; given += 20) {
      live.give(20);
      // The other one has read what it was given.
      await quick.ask('OPTIONS', url);
      door.clock.pass(100);
    }
  };
  await giveAll();
  expect(door.players.dropped).toBeGreaterThan(0);
  while (door.players.playing().get('interleaved') !== 1) await giveAll();
  expect(door.lines.join('\n')).toContain('it has read more slowly than the stream is for 10 s');
  expect(live.stream.receivers).toBe(1);
  expect((await quick.ask('TEARDOWN', url))?.status).toBe(200);
  expect(live.stream.receivers).toBe(0);
  slow.socket.destroy();
  quick.socket.destroy();
  await door.listener.close();
  door.players.close();
}, 60_000);
