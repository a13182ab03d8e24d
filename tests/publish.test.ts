import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Channels, startChannels } from './channels.ts';
import { eventually } from './cluster.ts';
import { breaks, ffprobe, packets } from './media.ts';
import { type Sender, sendWith } from './sender.ts';

let cluster: Channels;
const senders: Sender[] = [];

beforeAll(async () => {
  cluster = await startChannels();
});

afterAll(async () => {
  for (const { kill } of senders) kill();
  await cluster.stop();
});

type Ingest = Readonly<Record<string, string>>;

/** How ffmpeg is told to publish through each door, and what its URL looks like with another key. */
const DOORS: readonly (readonly [door: string, output: (ingest: Ingest) => readonly string[]])[] = [
  ['rtmp', ({ rtmp = '' }) => ['-f', 'flv', rtmp]],
  ['srt', ({ srt = '' }) => ['-f', 'mpegts', `${srt}&pkt_size=1316`]],
  ['rtsp', ({ rtsp = '' }) => ['-f', 'rtsp', '-rtsp_transport', 'tcp', rtsp]],
];

const send = (output: readonly string[]) => {
  const sender = sendWith(output);
  senders.push(sender);
  return sender;
};

describe.each(DOORS)('%s', (door, outputOf) => {
  test('brings a channel on air, as it was sent, and back after its publisher was killed', async () => {
    const id = `${door}-plain`;
    const { ingest } = await cluster.make(id);
    const first = send(outputOf(ingest));
    await cluster.becomes(id, 'live');
    const { streams } = await ffprobe(cluster.playUrl(id));
    expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
    expect(breaks(await packets(cluster.playUrl(id), 6))).toEqual([]);
    first.kill();
    await cluster.becomes(id, 'offline');
    expect((await cluster.state(id)).reason).not.toBe('');
    send(outputOf(ingest));
    await cluster.becomes(id, 'live');
    await eventually(async () => (await cluster.playlist(id, 'v180')).includes('#EXT-X-DISCONTINUITY\n'));
  });

  test('makes a ladder of what is sent, with key frames at the same times', async () => {
    const id = `${door}-ladder`;
    const { ingest } = await cluster.make(id, { ladder: 'mobile' });
    const { kill } = send(outputOf(ingest));
    await cluster.becomes(id, 'live');
    expect(breaks(await packets(cluster.playUrl(id), 4))).toEqual([]);
    kill();
  });

  test('refuses a wrong key, and says so in the log', async () => {
    const id = `${door}-guarded`;
    const { key, ingest } = await cluster.make(id);
    const wrong = Object.fromEntries(
      Object.entries(ingest).map(([name, url]) => [name, url.replaceAll(key, 'not-the-key')]),
    );
    const { status } = await send(outputOf(wrong)).ended;
    expect(status).not.toBe(0);
    expect(await cluster.logged('origin')).toContain(`the key does not open '${id}'`);
    expect(await cluster.logged('origin')).not.toContain('not-the-key');
  });

  test('refuses a second publisher, or gives it the place of the first', async () => {
    const id = `${door}-taken`;
    const { ingest } = await cluster.make(id);
    const first = send(outputOf(ingest));
    await cluster.becomes(id, 'live');
    expect((await send(outputOf(ingest)).ended).status).not.toBe(0);
    expect((await cluster.state(id)).state).toBe('live');
    await cluster.api('PATCH', `/channels/${id}`, { takeover: true });
    await first.ended;
    const second = send(outputOf(ingest));
    await cluster.becomes(id, 'live');
    send(outputOf(ingest));
    await second.ended;
    await cluster.becomes(id, 'live');
  });

  test('is told to go when its channel is stopped, and is not let in again', async () => {
    const id = `${door}-stopped`;
    const { ingest } = await cluster.make(id);
    const first = send(outputOf(ingest));
    await cluster.becomes(id, 'live');
    await cluster.api('POST', `/channels/${id}/stop`);
    await first.ended;
    expect((await send(outputOf(ingest)).ended).status).not.toBe(0);
    expect(await cluster.state(id)).toMatchObject({ state: 'offline', reason: 'stopped' });
  });

  test('stays connected while its channel is paused', async () => {
    const id = `${door}-paused`;
    const { ingest } = await cluster.make(id);
    send(outputOf(ingest));
    await cluster.becomes(id, 'live');
    await cluster.api('POST', `/channels/${id}/pause`);
    await cluster.becomes(id, 'offline');
    await cluster.api('POST', `/channels/${id}/resume`);
    await cluster.becomes(id, 'live');
  });
});
