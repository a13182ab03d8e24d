import { afterEach, expect, test } from 'bun:test';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remove } from '../runtime/files.ts';
import { FLASHES, offsetsOf } from './flashes.ts';
import { offer } from './offer.ts';
import { annoy } from './strangers.ts';
import { AAC, H264, making, openStudio, type Studio } from './whep.ts';
import { recordWhep } from './whep-peer.ts';

let studio: Studio;
afterEach(() => studio.close());

/** What a viewer notices (ITU-R BT.1359 asks for less than 45 ms of sound that is early). */
const OFF_MAX_SECONDS = 0.04;

test.each([
  ['AAC', AAC],
  ['MP3', ['-c:a', 'libmp3lame']],
  ['Opus', ['-c:a', 'libopus']],
])('sound that was %s belongs to the pictures, by timestamps and sender reports', async (_, sound) => {
  studio = await openStudio(making([...H264, ...sound], FLASHES));
  const { recording, close } = await recordWhep(`${studio.url}/whep/studio`);
  await recording.until(({ tracks }) => tracks.length === 2 && recording.seconds(1) >= 8);
  await close();
  const folder = await mkdtemp(join(tmpdir(), 'headwater-whep-'));
  const file = join(folder, 'watched.mp4');
  await writeFile(file, recording.file());
  const offsets = await offsetsOf(file);
  await remove(folder);
  expect(offsets.length).toBeGreaterThanOrEqual(5);
  for (const offset of offsets) expect(Math.abs(offset)).toBeLessThan(OFF_MAX_SECONDS);
});

test('packets of strangers neither end a session nor harm the origin', async () => {
  studio = await openStudio(making([...H264, ...AAC]));
  const headers = { 'Content-Type': 'application/sdp' };
  const body = offer({ video: ['H264 packetization-mode=1'], direction: 'recvonly' });
  const answer = await fetch(`${studio.url}/whep/studio`, { method: 'POST', headers, body });
  await annoy(await answer.text());
  expect(await studio.figure('headwater_origin_whep_peers')).toBe(1);
  const session = new URL(answer.headers.get('Location') ?? '', studio.url);
  expect((await fetch(session, { method: 'DELETE' })).status).toBe(200);
});
