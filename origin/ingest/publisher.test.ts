import { describe, expect, test } from 'bun:test';
import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import type { Feed } from '../packaging/feed.ts';
import type { Publishing } from './door.ts';
import { PublisherPlace } from './publisher.ts';

const MOVIE: Demuxed = { kind: 'movie', tracks: [] };

async function* feed(): Feed {
  yield MOVIE;
}

const forever = new AbortController().signal;

function admitted(place: PublisherPlace, takeover = false): Publishing {
  const admission = place.admit(takeover);
  if (admission.kind === 'refused') throw new Error(admission.reason);
  return admission.publishing;
}

describe('the place of a publisher', () => {
  test('is given to one, and to another once that is gone', () => {
    const place = new PublisherPlace('studio');
    const first = admitted(place);
    expect(place.admit(false)).toEqual({
      ...{ kind: 'refused', code: 'taken' },
      reason: "somebody publishes to 'studio' already",
    });
    first.release();
    first.release();
    admitted(place);
    first.release();
    expect(place.admit(false).kind).toBe('refused');
  });

  test('is taken over where that is allowed, and the first is told why', () => {
    const place = new PublisherPlace('studio');
    const { signal } = admitted(place);
    admitted(place, true);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toEqual(new Error('another publisher took over'));
  });

  test('brings what is published to who waits for it, until that is done', async () => {
    const place = new PublisherPlace('studio');
    const waiting = place.next(forever);
    const taken = admitted(place).take(feed());
    const published = await waiting;
    expect(place.published).toBe(published);
    published?.done();
    await taken;
    expect(place.published).toBeNull();
  });

  test('takes nothing of a publisher who was sent away', async () => {
    const place = new PublisherPlace('studio');
    const publishing = admitted(place);
    place.sendAway('stopped');
    await publishing.take(feed());
    expect(place.published).toBeNull();
  });

  test('is waited for no longer than is wanted', async () => {
    const place = new PublisherPlace('studio');
    const controller = new AbortController();
    const waiting = place.next(controller.signal);
    controller.abort();
    expect(await waiting).toBeNull();
  });
});
