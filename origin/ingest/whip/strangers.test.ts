import { afterAll, beforeAll, expect, test } from 'bun:test';
import { offer } from '../../../tests/offer.ts';
import { annoy } from '../../../tests/strangers.ts';
import { type Door, KEY, openDoor } from '../../../tests/whip.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

test('packets of strangers neither end a session nor harm the origin', async () => {
  const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/sdp' };
  const answer = await fetch(`${door.url}/whip/studio`, { method: 'POST', headers, body: offer() });
  await annoy(await answer.text());
  const [recording] = door.recordings;
  expect(recording?.isOver).toBe(false);
  const session = new URL(answer.headers.get('Location') ?? '', door.url);
  expect((await fetch(session, { method: 'DELETE', headers })).status).toBe(200);
  await recording?.until(({ isOver }) => isOver);
});
