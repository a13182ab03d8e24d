import { describe, expect, test } from 'bun:test';
import { type Amf0Value, writeValues } from '../../../media/flv/amf0.ts';
import { writeMessage } from '../../../media/rtmp/chunk-writer.ts';
import type { TcpConnection } from '../../../runtime/tcp.ts';
import { logTo } from '../../../tests/log.ts';
import type { Admit } from '../door.ts';
import { Publisher } from './publisher.ts';
import { serve } from './session.ts';

const command = (...values: readonly Amf0Value[]) =>
  writeMessage(3, { type: 20, streamId: 0, payload: writeValues(...values) });

const media = (type: number, ...body: readonly number[]) =>
  writeMessage(4, { type, streamId: 1, payload: Uint8Array.from(body) });

const START = [
  Uint8Array.from([3, ...new Uint8Array(1536 * 2)]),
  command('connect', 1, { app: 'live' }),
  command('publish', 2, null, 'studio?key=secret', 'live'),
  writeMessage(4, { type: 18, streamId: 1, payload: writeValues('onMetaData', { audiocodecid: 10 }) }),
];
const END = command('deleteStream', 3, null, 1);

/** AudioSpecificConfigs of stereo and of mono. */
const STEREO = media(8, 0xaf, 0, 0x11, 0x90);
const MONO = media(8, 0xaf, 0, 0x11, 0x88);
const SOUND = media(8, 0xaf, 1, 5);

/** A connection on which these bytes come, and nothing else. */
function scripted(bytes: readonly Uint8Array[]) {
  const rest = [...bytes];
  const sent: Uint8Array[] = [];
  const connection: TcpConnection = {
    address: '192.0.2.1',
    waitingBytes: 0,
    read: async () => rest.shift() ?? null,
    write: (part) => void sent.push(part),
    stop: () => rest.splice(0),
    end: async () => {},
    destroy: () => {},
  };
  return { connection, heard: () => Buffer.concat(sent).toString('latin1') };
}

/** Serves a script to its end; each feed is told by its tracks' channels and how it ended. */
async function play(bytes: readonly Uint8Array[], admissions = Number.POSITIVE_INFINITY, stepMs = 0) {
  const feeds: string[] = [];
  const said: string[] = [];
  let now = 0;
  let released = 0;
  const admit: Admit = () => {
    if (feeds.length >= admissions)
      return { kind: 'refused', code: 'stopped', reason: 'the channel was stopped' };
    const index = feeds.push('') - 1;
    const take = async (feed: AsyncIterable<{ readonly kind: string }>) => {
      try {
        for await (const event of feed) feeds[index] += event.kind === 'movie' ? 'movie ' : '. ';
        feeds[index] += 'ended';
      } catch (error) {
        feeds[index] += error instanceof Error ? error.message : '';
      }
      now += stepMs;
    };
    const release = () => {
      released += 1;
    };
    return { kind: 'admitted', publishing: { signal: new AbortController().signal, take, release } };
  };
  const { connection, heard } = scripted(bytes);
  const log = logTo((line) => said.push((line as { msg: string }).msg));
  const options = { admit, log, now: () => now, onPublishing: () => {} };
  await serve(new Publisher(connection, () => now), options);
  expect(released).toBe(feeds.length);
  return { feeds, said, heard: heard() };
}

describe('a publisher', () => {
  test('is taken to its end', async () => {
    const { feeds, said } = await play([...START, STEREO, SOUND, SOUND, END]);
    expect(feeds).toEqual(['movie . . ended']);
    expect(said.at(-1)).toContain('it ended the stream');
  });

  test('that changes its stream goes on in a new feed', async () => {
    const { feeds, said } = await play([...START, STEREO, SOUND, MONO, SOUND, SOUND, END]);
    expect(feeds).toEqual(['movie . its audio changed', 'movie . . ended']);
    expect(said[1]).toBe('studio: begins anew: its audio changed');
  });

  test('that changes its stream while the channel stops hears so', async () => {
    const { feeds, heard } = await play([...START, STEREO, SOUND, MONO, SOUND, END], 1);
    expect(feeds).toEqual(['movie . its audio changed']);
    expect(heard).toContain('the channel was stopped');
  });

  test('that changes its stream all the time is sent away', async () => {
    const changes = Array.from({ length: 8 }, (_, index) => [index % 2 === 0 ? STEREO : MONO, SOUND]).flat();
    expect((await play([...START, ...changes, END])).feeds.length).toBe(4);
    expect((await play([...START, ...changes, END], 100, 5_000)).feeds.length).toBe(8);
  });

  test('that sends what can not be read breaks off its feed, and hears why', async () => {
    const { feeds, heard } = await play([...START, STEREO, SOUND, media(8, 0xb2, 0), END]);
    expect(feeds).toEqual([
      "movie . what was sent can't be taken: sound format 11 of FLV is not taken: AAC, Opus and MP3 are, one track of it",
    ]);
    expect(heard).toContain('AAC, Opus and MP3 are');
  });

  test('that is lost breaks off its feed', async () => {
    const { feeds } = await play([...START, STEREO, SOUND]);
    expect(feeds).toEqual(['movie . the publisher closed the connection without ending the stream']);
  });

  test('whose channel takes no more is sent away', async () => {
    const { connection, heard } = scripted([...START, STEREO, SOUND, SOUND, SOUND]);
    const publishing = { signal: new AbortController().signal, take: async () => {}, release: () => {} };
    const admit: Admit = () => ({ kind: 'admitted', publishing });
    const options = { admit, log: logTo(() => {}), now: () => 0, onPublishing: () => {} };
    await serve(new Publisher(connection, () => 0), options);
    expect(heard()).toContain('the channel takes no more');
  });
});
