import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { tokenGate } from '../origin/rtp/gate/token.ts';
import { systemClock } from '../runtime/clock.ts';
import { find, run } from '../runtime/process.ts';
import { Catalog } from '../wire/catalog.ts';
import { Revocations } from '../wire/revocations.ts';
import { asCredentials } from '../wire/token.ts';
import { describeAll, film } from './fleet.ts';
import { type GateServer, startGateServer } from './rtsp-gate.ts';
import { KEYS, tokenOf } from './tokens.ts';

let server: GateServer;

beforeEach(async () => {
  const described = new Catalog();
  describeAll(described, [film('bbb', { protection: 'token' })]);
  const gating = { described, keys: KEYS, revocations: new Revocations(), clock: systemClock };
  server = await startGateServer(tokenGate(gating));
});
afterEach(() => server.close());

const kinds = () => server.answers.map(({ answer }) => answer.kind);

/** Each tries to play, and ends when it hears that there is nothing. */
const PLAYERS: readonly [string, (url: string) => readonly string[]][] = [
  ['ffmpeg', (url) => ['ffmpeg', '-v', 'error', '-i', url, '-f', 'null', '-']],
  [
    'GStreamer',
    (url) => ['gst-launch-1.0', '-q', 'rtspsrc', `location=${url}`, 'protocols=tcp', '!', 'fakesink'],
  ],
];

describe.each(PLAYERS)('%s', (_, commandOf) => {
  const isHere = find(commandOf('')[0] ?? '') !== null;
  const play = (url: string) => {
    const [command = '', ...args] = commandOf(url);
    return run(command, args);
  };
  const address = (before = '', behind = '') => `rtsp://${before}127.0.0.1:${server.port}/bbb${behind}`;
  const named = (token: string) => {
    const { user, password } = asCredentials(token);
    return address(`${user}:${password}@`);
  };

  test.skipIf(!isHere)('is let in with a token as name and password', async () => {
    await play(named(tokenOf(Date.now())));
    expect(kinds()).toEqual(['challenge', 'open']);
    expect(server.answers[1]?.scheme).toBe('Digest');
  });

  test.skipIf(!isHere)('is let in with a token in the address', async () => {
    await play(address('', `?token=${tokenOf(Date.now())}`));
    expect(kinds()).toEqual(['open']);
  });

  test.skipIf(!isHere)('is not let in without, or with a wrong one', async () => {
    await play(address());
    await play(named(`${tokenOf(Date.now()).slice(0, -22)}${'A'.repeat(22)}`));
    await play(named(tokenOf(Date.now(), { expiresAtMs: 1_000 })));
    expect(kinds()).not.toContain('open');
    expect(server.answers.at(-1)?.answer).toMatchObject({
      kind: 'refused',
      reason: 'this token has expired',
    });
  });
});
