import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { find, run, start } from '../runtime/process.ts';
import { openUdp } from '../runtime/udp.ts';
import { AAC, ffmpeg, H264, testSignal } from './clip.ts';
import { openCaller } from './srt-caller.ts';
import { openDoor, openRelay, type Published, publish, standardUrlOf, urlOf } from './srt-door.ts';

const PASSPHRASE = 'correct horse battery';

const protocols = await run('ffmpeg', ['-hide_banner', '-protocols']);
const hasSrt = /^\s+srt$/m.test(protocols.output.toString());

let folder = '';
let film = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-srt-'));
  film = join(folder, 'film.ts');
  await writeFile(film, await ffmpeg(...testSignal(3, '320x240'), ...H264, ...AAC, '-f', 'mpegts', 'pipe:1'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Of the last pictures, which refer to one another, a publisher that ends may leave some out. */
const TAIL_SECONDS = 0.3;

/** The longest time between what is shown, on all tracks. */
function longestGap({ shown }: Published): number {
  const gaps = shown.flatMap((track) => {
    const end = Math.max(...track) - TAIL_SECONDS;
    const inOrder = track.filter((time) => time < end).toSorted((a, b) => a - b);
    return inOrder.slice(1).map((time, index) => time - (inOrder[index] ?? 0));
  });
  return Math.max(0, ...gaps);
}

const secondsOf = ({ shown }: Published) =>
  Math.max(...shown.map((track) => Math.max(...track) - Math.min(...track)));

/** A publisher that ends leaves what it had not sent: some tenths of a second. */
function expectWhole(published: Published | undefined): void {
  expect(published).toMatchObject({ error: null });
  if (published === undefined) return;
  expect(published.shown).toHaveLength(2);
  expect(secondsOf(published)).toBeWithin(2.5, 3.1);
  expect(longestGap(published)).toBeLessThan(0.041);
}

describe.skipIf(!hasSrt)('ffmpeg publishes', () => {
  test('in both forms of the stream id, on one port, at once', async () => {
    const door = await openDoor();
    const one = await publish(film, urlOf({ port: door.port, id: 'one' }));
    const two = await publish(film, standardUrlOf({ port: door.port, id: 'two' }));
    await door.published.reaches(2);
    expect(door.published.all.map(({ id }) => id).toSorted()).toEqual(['one', 'two']);
    for (const published of door.published.all) expectWhole(published);
    await Promise.all([one.exited, two.exited]);
    await door.lines.until((lines) => lines.filter((line) => line.includes('ended')).length === 2);
    expect(door.lines.all.join()).toContain(
      'one: SRT from 127.0.0.1 ended: the publisher closed the connection',
    );
    expect(door.lines.all.join()).not.toContain('with-colon');
    await door.close();
  });

  test('encrypted with keys of each length', async () => {
    const door = await openDoor({ passphrase: PASSPHRASE });
    const more = (bytes: number) => `&pbkeylen=${bytes}&passphrase=${PASSPHRASE}`;
    for (const bytes of [16, 24, 32])
      await publish(film, urlOf({ port: door.port, id: `aes${bytes}`, more: more(bytes) }));
    await door.published.reaches(3);
    for (const published of door.published.all) expectWhole(published);
    await door.close();
  });

  test.each<[string, { readonly id?: string; readonly key?: string; readonly more?: string }, RegExp]>([
    ['a wrong key', { key: 'wrong' }, /refused: of wrong-key/],
    ['an id that nobody has', { id: 'absent' }, /refused: of unknown-channel/],
    ['a channel that is taken', { id: 'busy' }, /refused: of taken/],
    ['a passphrase where there is none', { more: `&passphrase=${PASSPHRASE}` }, /it encrypts/],
  ])('not with %s', async (_, wrong, words) => {
    const door = await openDoor();
    const client = await publish(film, urlOf({ port: door.port, id: 'studio', ...wrong }));
    expect(await client.exited).toEqual({ kind: 'status', status: 1 });
    expect(client.errors.join()).toContain('failed');
    expect(door.lines.all.join()).toMatch(words);
    expect(door.lines.all.join()).not.toContain('k3y');
    expect(door.counts()).toMatchObject({ publishers: 0, refused: 1 });
    await door.close();
  });

  test.each<[string, string, RegExp]>([
    ['a wrong passphrase', '&passphrase=another passphrase', /its passphrase is another one/],
    ['no passphrase', '', /it does not encrypt/],
  ])('not with %s', async (_, more, words) => {
    const door = await openDoor({ passphrase: PASSPHRASE });
    const client = await publish(film, urlOf({ port: door.port, id: 'studio', more }));
    expect(await client.exited).toEqual({ kind: 'status', status: 1 });
    expect(door.lines.all.join()).toMatch(words);
    await door.close();
  });

  test('until it is killed, which its feed says within moments of 5 s', async () => {
    const door = await openDoor();
    const client = await publish(film, urlOf({ port: door.port, id: 'studio' }), true);
    await door.samples.reaches(20);
    process.kill(client.pid, 'SIGKILL');
    const killedMs = performance.now();
    await door.published.reaches(1);
    expect((performance.now() - killedMs) / 1_000).toBeWithin(4, 6.5);
    expect(door.published.all[0]?.error).toBe('nothing came from the publisher for 5 s');
    const again = await publish(film, urlOf({ port: door.port, id: 'studio' }));
    await door.published.reaches(2);
    expectWhole(door.published.all[1]);
    await again.exited;
    await door.close();
  });

  test('until the channel sends it away', async () => {
    const door = await openDoor();
    const client = await publish(film, urlOf({ port: door.port, id: 'studio' }), true);
    await door.samples.reaches(20);
    door.controllers.get('studio')?.abort(new Error('the channel was stopped'));
    await door.published.reaches(1);
    expect(door.published.all[0]?.error).toBe('the channel was stopped');
    expect((await client.exited).kind).toBe('status');
    await door.close();
  });

  test('until the door is closed', async () => {
    const door = await openDoor();
    const client = await publish(film, urlOf({ port: door.port, id: 'studio' }), true);
    await door.samples.reaches(20);
    await door.close();
    expect(door.published.all).toHaveLength(1);
    expect((await client.exited).kind).toBe('status');
  });
});

/** It is said once: who does not hear it waits for 5 s. */
const isShutdown = (datagram: Uint8Array) => datagram[0] === 0x80 && datagram[1] === 5;

/** Of a data packet. */
const sequenceOf = (datagram: Uint8Array) =>
  datagram[0] === undefined || datagram[0] & 0x80 ? null : Buffer.from(datagram).readUInt32BE(0);

describe.skipIf(!hasSrt)('on a bad way', () => {
  test('what is lost and mixed up comes all the same', async () => {
    const door = await openDoor({ latencyMs: 600 });
    const relay = await openRelay(door.port, ({ count, datagram }) => {
      if (isShutdown(datagram)) return 'pass';
      if (count % 11 === 10) return 'drop';
      return count % 7 === 6 ? 'delay' : 'pass';
    });
    await publish(film, urlOf({ port: relay.port, id: 'studio' }));
    await door.published.reaches(1);
    expectWhole(door.published.all[0]);
    await door.lines.until((lines) => lines.join().includes('ended'));
    expect(door.counts()).toMatchObject({ lost: 0 });
    expect(door.counts().received).toBeGreaterThan(100);
    await Promise.all([relay.close(), door.close()]);
  });

  test('what never comes is given up, and the rest goes on', async () => {
    const door = await openDoor();
    let first: number | null = null;
    const isLost = (datagram: Uint8Array) => {
      const sequence = sequenceOf(datagram);
      if (sequence === null) return false;
      first ??= sequence;
      const number = (sequence - first) & 0x7fff_ffff;
      return number >= 60 && number < 70;
    };
    const relay = await openRelay(door.port, ({ towardsDoor, datagram }) =>
      towardsDoor && isLost(datagram) ? 'drop' : 'pass',
    );
    await publish(film, urlOf({ port: relay.port, id: 'studio' }));
    await door.published.reaches(1);
    expect(door.published.all[0]).toMatchObject({ error: null });
    await door.lines.until((lines) => lines.join().includes('ended'));
    expect(door.counts().lost).toBe(10);
    await Promise.all([relay.close(), door.close()]);
  });
});

describe('strangers', () => {
  test('send what they like, and the door stays as it was', async () => {
    const door = await openDoor();
    const caller = await openCaller(door.port, 'publish:studio:k3y:with-colon');
    const { conclusion } = caller;
    const runs = Number(process.env.HEADWATER_FUZZ_RUNS ?? 2_000);
    const before = process.memoryUsage.rss();
    for (const [index, bytes] of fc.sample(mutationsOf(conclusion), runs).entries()) {
      caller.send(bytes);
      if (index % 50 === 0) await caller.isHeard();
    }
    await caller.isHeard();
    const { publishers, refused, strangers } = door.counts();
    expect(refused + strangers).toBeGreaterThan(runs / 10);
    expect(publishers).toBeLessThanOrEqual(256);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000);
    expect(door.lines.all.filter((line) => line.includes('refused')).length).toBeLessThan(200);
    await Promise.all([caller.close(), door.close()]);
  });

  test('who do not own their address get no further than an answer', async () => {
    const door = await openDoor();
    const caller = await openCaller(door.port, 'publish:studio:k3y:with-colon');
    const { conclusion } = caller;
    const thief = await openUdp({ port: 0, hostname: '127.0.0.1', portSetting: '', onDatagram: () => {} });
    thief.send(conclusion, { address: '127.0.0.1', port: door.port });
    await caller.isHeard();
    expect(door.counts()).toMatchObject({ publishers: 0, strangers: 1 });
    caller.send(conclusion);
    await caller.isHeard();
    expect(door.counts()).toMatchObject({ publishers: 1, strangers: 1 });
    caller.send(conclusion);
    await caller.isHeard();
    expect(door.counts()).toMatchObject({ publishers: 1, strangers: 1 });
    await Promise.all([thief.close(), caller.close(), door.close()]);
  });
});

const mutationsOf = (bytes: Uint8Array) =>
  fc
    .record({
      changes: fc.array(fc.tuple(fc.nat(bytes.byteLength - 1), fc.nat(255)), { maxLength: 6 }),
      length: fc.option(fc.nat(bytes.byteLength)),
      isNoise: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
      noise: fc.uint8Array({ maxLength: 200 }),
    })
    .map(({ changes, length, isNoise, noise }) => {
      const changed = new Uint8Array(bytes);
      for (const [at, value] of changes) changed[at] = value;
      return isNoise ? noise : changed.subarray(0, length ?? bytes.byteLength);
    });

const transmit = find('srt-live-transmit');

describe.skipIf(transmit === null)('srt-live-transmit', () => {
  test('renews its keys while it publishes', async () => {
    const door = await openDoor({ passphrase: PASSPHRASE });
    const input = await freePort();
    const more = `&passphrase=${PASSPHRASE}&pbkeylen=32&kmrefreshrate=60&kmpreannounce=20`;
    const errors: string[] = [];
    const client = await start({
      command: transmit ?? '',
      args: [`udp://127.0.0.1:${input}`, urlOf({ port: door.port, id: 'studio', more })],
      onErrorLine: (line) => errors.push(line),
    });
    await door.lines.until((lines) => lines.join().includes('starts'));
    const feeding = await publish(film, `udp://127.0.0.1:${input}?pkt_size=1316`);
    await feeding.exited;
    await client.stop();
    await door.published.reaches(1);
    expectWhole(door.published.all[0]);
    expect(errors.filter((line) => line.includes('KMRSP'))).toEqual([]);
    await door.close();
  });
});

async function freePort(): Promise<number> {
  const socket = await openUdp({ port: 0, hostname: '127.0.0.1', portSetting: '', onDatagram: () => {} });
  await socket.close();
  return socket.port;
}
