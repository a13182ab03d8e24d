import { expect, test } from 'bun:test';
import { Metrics } from '../../runtime/metrics.ts';
import { Feeds } from '../../tests/feeds.ts';
import type { Feed } from '../packaging/feed.ts';
import type { Claim } from './door.ts';
import { counted } from './door-counts.ts';

async function* feedOf(bytes: number): Feed {
  const sample = { dts: 0, compositionOffset: 0, duration: 1, sync: true, data: new Uint8Array(bytes) };
  yield { kind: 'movie', tracks: [] };
  yield { kind: 'samples', runs: [{ trackId: 1, samples: [sample, sample] }] };
}

const claim = (more: Partial<Claim> = {}): Claim => ({
  ...{ door: 'rtmp', presentation: 'studio', key: 'secret', address: '192.0.2.1' },
  ...more,
});

test('who comes through a door is counted, and what they send', async () => {
  const metrics = new Metrics();
  const admit = counted(new Feeds().admit, metrics);
  const figures = async () => (await metrics.respond()).text();
  const admission = admit(claim());
  admit(claim());
  admit(claim({ door: 'srt', key: 'wrong' }));
  admit(claim({ door: 'srt', key: 'wrong' }));
  if (admission.kind === 'refused') throw new Error(admission.reason);
  await admission.publishing.take(feedOf(500));
  expect(await figures()).toContain('headwater_origin_publishers{door="rtmp"} 1\n');
  admission.publishing.release();
  admission.publishing.release();
  const text = await figures();
  for (const line of [
    'publishers{door="rtmp"} 0',
    'publishers{door="whip"} 0',
    'publishings_total{door="rtmp"} 1',
    'published_bytes_total{door="rtmp"} 1000',
    'published_bytes_total{door="srt"} 0',
    'refused_total{door="rtmp",reason="taken"} 1',
    'refused_total{door="srt",reason="wrong-key"} 2',
  ])
    expect(text).toContain(`headwater_origin_${line}\n`);
});
